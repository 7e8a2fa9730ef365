//! The attempts of a job that people look at: the last few, each with its times and error.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How many attempts a job keeps.
const KEPT: usize = 10;
/// The longest text of an error that is kept with an attempt, in bytes.
const LONGEST: usize = 2000;

/// One attempt of a node that is tried again if it fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Try {
    /// The how-manyth it was, from 1.
    pub(crate) number: u32,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Timestamp,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// The last attempts of a job, the first of them first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tries(Vec<Try>);

impl Tries {
    /// The attempts of a stored text; none if nothing readable is there.
    pub(crate) fn read(text: Option<&str>) -> Self {
        Self(text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
    }

    /// As they are stored; nothing if there are none.
    pub(crate) fn written(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| serde_json::to_string(&self.0).unwrap_or_default())
    }

    /// Adds the one that has just ended; the oldest make room.
    pub(crate) fn add(
        &mut self,
        number: u32,
        times: (Timestamp, Timestamp),
        error: Option<&Error>,
    ) {
        let (started_at, finished_at) = times;
        let error = error.map(|error| cut(error.to_string()));
        self.0.push(Try { number, started_at, finished_at, error });
        if self.0.len() > KEPT {
            self.0.remove(0);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Try> {
        self.0.iter()
    }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_attempts_are_kept_and_their_errors_cut() {
        let moment = |second| Timestamp::from_second(second).expect("a moment");
        let mut tries = Tries::default();
        assert_eq!(tries.written(), None);
        let error = Error::internal("é".repeat(LONGEST));
        for number in 1..=12_u32 {
            let times = (moment(i64::from(number)), moment(i64::from(number) + 1));
            tries.add(number, times, (number < 12).then_some(&error));
        }
        let read = Tries::read(tries.written().as_deref());
        assert_eq!(read, tries);
        let numbers: Vec<u32> = read.iter().map(|one| one.number).collect();
        assert_eq!(numbers, (3..=12).collect::<Vec<_>>());
        let last = read.0.last().expect("the last");
        assert_eq!((last.error.as_ref(), last.finished_at), (None, moment(13)));
        let text = read.0[0].error.as_deref().expect("an error");
        assert!(text.len() <= LONGEST + 3 && text.ends_with("é…"), "{}", text.len());
        assert_eq!(Tries::read(Some("nonsense")), Tries::default());
    }
}
