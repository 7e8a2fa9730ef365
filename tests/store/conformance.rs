//! The list of checks that every store has to pass.

/// Runs each check against empty databases that `$fresh` makes, as a test of its own.
macro_rules! against {
    ($store:ident, $fresh:path) => {
        mod $store {
            $crate::conformance::checks! {
                $fresh;
                units: all_or_nothing, a_failing_unit_disturbs_nobody, units_run_in_order,
                    a_unit_sees_its_own_writes, a_snapshot_stays, a_full_queue_refuses,
                    shutdown_finishes_what_waits, what_was_answered_is_there_after_reopening,
                    a_unit_runs_though_nobody_waits, what_follows_a_commit_needs_no_caller,
                    threads_write_too, others_are_noticed,
                    long_reads_leave_the_task;
                values: every_value_comes_back, decimals_compare_by_value, sums_are_exact,
                    sums_too_large_are_told, nulls_sort_first, a_page_of_rows, rows_by_their_values, ten_thousand_rows,
                    conflicts_name_fields, references_hold, expectations_end_units, inserts_meet_existing_rows,
                    updates_count_and_return;
                conditions: every_condition_on_every_type, random_conditions, texts_are_literal,
                texts_are_mentioned,
                    rows_of_other_tables, long_lists, large_conditions;
                plans: an_empty_database_is_filled, columns_are_added, columns_are_renamed, texts_are_rewritten,
                tables_are_renamed, what_is_there_under_both_names_is_not_renamed,
                    indexes_follow, types_change_without_loss, what_does_not_fit_is_refused,
                    undeclared_columns_stay, references_change, keys_change;
            }
        }
    };
}

macro_rules! checks {
    ($fresh:path; $($module:ident: $($check:ident),*;)*) => {$(
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() -> wfruntime::Result<()> {
                    $crate::$module::$check(&$fresh()?).await
                }
            )*
        }
    )*};
}

pub(crate) use {against, checks};
