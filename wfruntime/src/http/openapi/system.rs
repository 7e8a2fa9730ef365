//! The operations on the framework's own resources: signing in, workflows, executions, tasks.

use super::Caller;
use super::collection::custom;
use super::node::Object;
use super::operation::{Method, Operation};
use super::parts::{body, fired, key, page, parameter, required, shared};
use super::schema::{
    any, anything, count, data, flag, id, list, members, moment, named, nothing, object, one_of,
    or_null, text,
};
use crate::auth::{Need, SYSTEM_ROUTES, SystemRoute};
use crate::execution::Status;

/// One route in words: what it does, what is sent, and what is answered.
struct Route {
    about: &'static str,
    body: Option<Object>,
    answer: Object,
}

/// The operations that the caller may use.
pub(super) fn operations(caller: &Caller<'_>) -> Vec<Operation> {
    let usable = SYSTEM_ROUTES.iter().filter(|route| caller.access.meets(route.need));
    usable.filter_map(|route| operation(caller, route)).collect()
}

/// The operation of a route; none if it is for custom actions and the role has none.
fn operation(caller: &Caller<'_>, route: &SystemRoute) -> Option<Operation> {
    let account = caller.registry.account().name();
    let resource = if route.resource == "users" { account } else { route.resource };
    let told = told(route);
    let path = format!("/api/{resource}:{}", route.action);
    let id = format!("{resource}.{}", route.action);
    let method = if route.reads() { Method::Get } else { Method::Post };
    let parameters = match (route.resource, route.action) {
        ("workflows", "trigger") => vec![custom(caller, None)?],
        _ => parameters(route),
    };
    Some(Operation {
        parameters,
        body: told.body,
        needs_body: route.action != "trigger",
        is_throttled: route.action == "signIn" || route.action == "changePassword",
        ..Operation::new(path, method, resource, id, told.about.to_owned(), told.answer)
    })
}

fn parameters(route: &SystemRoute) -> Vec<Object> {
    let which = match route.resource {
        "workflows" => required(parameter("filterByTk", "Which workflow, by its key.", text())),
        "executions" => key("Which execution, by its id."),
        "tasks" => key("Which task, by its id."),
        _ => key("Which user, by the id."),
    };
    match (route.resource, route.action) {
        (_, "list") => {
            ["filter", "sort", "page", "pageSize", "fields", "except"].map(shared).to_vec()
        }
        (_, "count") => vec![shared("filter")],
        ("auth", _) | (_, "changePassword") => Vec::new(),
        (_, "get") => vec![which, shared("fields"), shared("except")],
        _ => vec![which],
    }
}

fn told(route: &SystemRoute) -> Route {
    match route.resource {
        "auth" => of_auth(route.action),
        "users" => of_users(route.action),
        "workflows" => of_workflows(route.action),
        "executions" => of_executions(route.action),
        _ => of_tasks(route.action),
    }
}

fn of_auth(action: &str) -> Route {
    let signed_in = || data(object([("token", text()), ("user", named("wf.Actor"))]));
    match action {
        "signIn" => Route {
            about: "Gives out a token for a name and a password",
            // Clients of NocoBase send more than that.
            body: Some(object([("account", text()), ("password", text())])),
            answer: signed_in(),
        },
        "setup" => Route {
            about: "Makes the first user, with the one-time code that the first start prints",
            body: Some(body([
                ("code", text()),
                ("nickname", text()),
                ("password", text()),
                ("email?", or_null(text())),
            ])),
            answer: signed_in(),
        },
        "signOut" => Route {
            about: "Makes the token of the request void",
            body: None,
            answer: data(nothing()),
        },
        _ => Route {
            about: "Who the request comes from, and in which role",
            body: None,
            answer: data(named("wf.Actor")),
        },
    }
}

fn of_users(action: &str) -> Route {
    match action {
        "changePassword" => Route {
            about: "Changes the own password; every other token becomes void",
            body: Some(body([("oldPassword", text()), ("newPassword", text())])),
            answer: data(anything()),
        },
        "setPassword" => Route {
            about: "Gives a user a password; every token becomes void",
            body: Some(body([("password", text())])),
            answer: data(nothing()),
        },
        _ => Route {
            about: "Makes every token of a user void",
            body: Some(nothing()),
            answer: data(nothing()),
        },
    }
}

fn of_workflows(action: &str) -> Route {
    let signal = [("data", id()), ("name", text()), ("payload?", anything())];
    let (about, sent, answer): (_, _, Object) = match action {
        "list" => ("Lists the workflows", None, page(named("wf.Workflow"))),
        "get" => ("One workflow with its graph", None, data(named("wf.Workflow"))),
        "update" => (
            "Switches a workflow on or off",
            Some(body([("enabled", flag())])),
            data(named("wf.Workflow")),
        ),
        "trigger" => ("Custom actions that are about no record", Some(anything()), fired()),
        "execute" => (
            "Runs a workflow for a record, as a user; a disabled one too",
            Some(body([
                ("data?", any([id(), members(), list(any([id(), members()]))])),
                ("userId", id()),
                ("values?", anything()),
            ])),
            data(object([("execution", id()), ("key", text()), ("status", one_of(["queued"]))])),
        ),
        _ => (
            "Sends a signal to every open execution of a workflow for a record",
            Some(body(signal)),
            data(object([("key", text()), ("executions", list(id()))])),
        ),
    };
    Route { about, body: sent, answer }
}

fn of_executions(action: &str) -> Route {
    let one = || data(named("wf.Execution"));
    let (about, sent, answer): (_, _, Object) = match action {
        "list" => ("Lists executions", None, page(named("wf.Execution"))),
        "count" => {
            let counts = [("key", text()), ("status", one_of(Status::WORDS)), ("count", count())];
            ("How many there are of each workflow in each status", None, data(list(object(counts))))
        }
        "get" => ("One execution with its context and jobs", None, one()),
        "cancel" => ("Ends an execution that is not final as `aborted`", None, one()),
        "rerun" => (
            "Runs an execution again, from the named node if one is named",
            Some(body([("from?", or_null(text()))])),
            one(),
        ),
        "signal" => (
            "Sends a signal to an execution",
            Some(body([("name", text()), ("payload?", anything())])),
            one(),
        ),
        _ => ("Deletes an execution that is final", None, data(count())),
    };
    Route { about, body: sent, answer }
}

fn of_tasks(action: &str) -> Route {
    let one = || data(named("wf.Task"));
    let (about, sent, answer): (_, _, Object) = match action {
        "list" => ("Lists the tasks that the caller may decide", None, page(named("wf.Task"))),
        "get" => ("One task", None, one()),
        "submit" => (
            "Decides a task, or gives the values that it asks for",
            Some(body([
                ("decision?", or_null(one_of(["approved", "rejected"]))),
                ("comment?", or_null(text())),
                ("values?", or_null(members())),
            ])),
            one(),
        ),
        _ => (
            "Gives the own place in a task to another user",
            Some(body([("to", any([id(), text()]))])),
            one(),
        ),
    };
    Route { about, body: sent, answer }
}

/// The schemas of the framework's own resources that the caller may use.
pub(super) fn schemas(caller: &Caller<'_>) -> Vec<(&'static str, Object)> {
    let actor = object([
        ("id", id()),
        ("nickname", text()),
        ("email?", or_null(text())),
        ("roles", list(text())),
        ("role?", text()),
    ]);
    let mut all =
        vec![("wf.Actor", actor), ("wf.Forms", forms()), ("wf.Field", field()), ("wf.Ran", ran())];
    if caller.access.meets(Need::Tasks) {
        all.push(("wf.Task", task()));
    }
    if caller.access.meets(Need::Administrator) {
        all.extend([("wf.Workflow", workflow()), ("wf.Execution", execution()), ("wf.Job", job())]);
    }
    all
}

fn workflow() -> Object {
    let node =
        object([("key", text()), ("kind", text()), ("label", text()), ("line", or_null(count()))]);
    let edge = object([("from", anything()), ("to", anything()), ("label", or_null(text()))]);
    object([
        ("key?", text()),
        ("title?", text()),
        ("collection?", or_null(text())),
        (
            "trigger?",
            one_of([
                "post_action",
                "pre_action",
                "collection_event",
                "custom_action",
                "schedule",
                "webhook",
            ]),
        ),
        ("mode?", one_of(["local", "global"])),
        ("on?", list(text())),
        ("execution?", one_of(["sync", "async"])),
        ("allow?", list(text())),
        ("version?", count()),
        ("revision?", text()),
        ("enabled?", flag()),
        ("schedule?", or_null(text())),
        ("path?", or_null(text())),
        ("nextAt?", or_null(moment())),
        ("lastAt?", or_null(moment())),
        ("lastExecution?", or_null(id())),
        ("nodes?", list(node)),
        ("edges?", list(edge)),
    ])
}

fn execution() -> Object {
    let called = object([
        ("id", id()),
        ("key", text()),
        ("status", one_of(Status::WORDS)),
        ("node", or_null(text())),
    ]);
    object([
        ("id?", id()),
        ("key?", text()),
        ("version?", count()),
        ("revision?", anything()),
        ("status?", one_of(Status::WORDS)),
        ("collection?", or_null(text())),
        ("recordId?", or_null(id())),
        ("userId?", or_null(id())),
        ("roleName?", or_null(text())),
        ("chain?", list(text())),
        ("cut?", list(text())),
        ("messages?", list(anything())),
        ("error?", or_null(text())),
        ("createdAt?", moment()),
        ("startedAt?", or_null(moment())),
        ("finishedAt?", or_null(moment())),
        ("context?", or_null(members())),
        ("jobs?", list(named("wf.Job"))),
        ("pastJobs?", list(named("wf.Job"))),
        ("callerId?", or_null(id())),
        ("callerKey?", or_null(text())),
        ("traceId?", or_null(text())),
        ("called?", list(called)),
        ("deadline?", or_null(moment())),
    ])
}

/// An execution in the history of a record.
fn ran() -> Object {
    object([
        ("execution", id()),
        ("key", text()),
        ("title", text()),
        ("status", one_of(Status::WORDS)),
        ("message?", or_null(text())),
        ("nickname?", or_null(text())),
        ("roleName?", or_null(text())),
        ("createdAt", moment()),
        ("finishedAt?", or_null(moment())),
    ])
}

fn job() -> Object {
    let attempt = object([
        ("number", count()),
        ("startedAt", moment()),
        ("finishedAt", moment()),
        ("error", or_null(text())),
    ]);
    let seat = object([("userId?", id()), ("nickname?", text()), ("role?", text())]);
    let task = object([
        ("id", id()),
        ("title", text()),
        ("status", text()),
        ("dueAt", or_null(moment())),
        ("assignees", list(seat)),
    ]);
    object([
        ("key", text()),
        ("kind", text()),
        ("collection", or_null(text())),
        ("status", text()),
        ("output", anything()),
        ("error", or_null(text())),
        ("attempts", count()),
        ("createdAt", moment()),
        ("finishedAt", or_null(moment())),
        ("restartedAt?", moment()),
        ("input", anything()),
        ("tries", list(attempt)),
        ("until?", or_null(moment())),
        ("task?", or_null(task)),
    ])
}

fn task() -> Object {
    let seat = object([("userId?", id()), ("nickname?", text()), ("role?", text())]);
    let decision = object([
        ("userId", id()),
        ("nickname", text()),
        ("decision", one_of(["approved", "rejected", "answered"])),
        ("comment", or_null(text())),
        ("values?", members()),
        ("role", text()),
        ("asRoot", flag()),
        ("createdAt", moment()),
    ]);
    let delegation = object([
        ("from", id()),
        ("fromNickname?", text()),
        ("to", id()),
        ("toNickname?", text()),
        ("role?", text()),
        ("createdAt", moment()),
    ]);
    let statuses = crate::http::system::TASK_STATUSES;
    object([
        ("id?", id()),
        ("executionId?", id()),
        ("title?", text()),
        ("status?", one_of(statuses)),
        ("rule?", one_of(["any", "all", "quorum"])),
        ("needed?", count()),
        ("dueAt?", or_null(moment())),
        ("createdAt?", moment()),
        ("closedAt?", or_null(moment())),
        ("key?", text()),
        ("collection?", or_null(text())),
        ("recordId?", or_null(id())),
        ("fields?", or_null(list(named("wf.Field")))),
        ("assignees?", list(seat)),
        ("decisions?", list(decision)),
        ("delegations?", list(delegation)),
    ])
}

/// A field of a form.
fn field() -> Object {
    let choice = object([("name", text()), ("title", text())]);
    object([
        ("name", text()),
        ("title", text()),
        ("help?", text()),
        ("type", text()),
        ("required", flag()),
        ("nullable?", flag()),
        ("choices?", list(choice)),
        ("length?", object([("min?", count()), ("max?", count())])),
        ("range?", object([("min?", anything()), ("max?", anything())])),
        ("pattern?", text()),
        ("default?", anything()),
        ("association?", text()),
        ("collection?", or_null(text())),
        ("new?", object([("fields", list(named("wf.Field")))])),
        ("picks?", flag()),
        ("changes?", flag()),
        ("releases?", flag()),
    ])
}

/// The forms and buttons of a collection.
fn forms() -> Object {
    let workflow =
        object([("key", text()), ("title", text()), ("association?", text()), ("enabled", flag())]);
    let action = || one_of(["create", "update"]);
    let button = object([
        ("name", text()),
        ("title", text()),
        ("help?", text()),
        ("action", action()),
        ("workflows", list(workflow)),
        ("records?", list(id())),
    ]);
    let form = object([
        ("name", text()),
        ("title", text()),
        ("help?", text()),
        ("kind", one_of(["add", "edit"])),
        ("action", action()),
        ("fields", list(named("wf.Field"))),
        ("buttons", list(button.clone())),
        ("records?", list(id())),
    ]);
    object([
        ("collection", text()),
        ("title", text()),
        ("forms", list(form)),
        ("rows", list(button.clone())),
        ("several", list(button)),
    ])
}
