//! Which trace something belongs to, as W3C's Trace Context names it.
//!
//! <https://www.w3.org/TR/trace-context/>

use std::fmt;
use std::sync::Arc;

use crate::context::fingerprint;

/// The most bytes of a `tracestate` that are passed on.
const STATE: usize = 512;
/// The most members of one.
const MEMBERS: usize = 32;
/// The trace may be recorded: what begins here is worth it as far as this program knows.
const SAMPLED: u8 = 1;

tokio::task_local! {
    static CURRENT: Trace;
}

/// A place in a trace: what it belongs to, and the span around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    id: u128,
    span: u64,
    flags: u8,
    /// What other programs keep with the trace; passed on as it is.
    state: Option<Arc<str>>,
}

impl Trace {
    /// A trace of its own.
    pub(crate) fn begin() -> Self {
        Self { id: random(), span: span_id(), flags: SAMPLED, state: None }
    }

    /// The trace that a caller names; none if the text is not what the standard says.
    pub(crate) fn parse(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let mut parts = traceparent.splitn(4, '-');
        let version = hex(parts.next()?, 2)?;
        let (id, span) = (hex(parts.next()?, 32)?, hex(parts.next()?, 16)?);
        let rest = parts.next()?;
        // Later versions may have more behind the flags, after a hyphen.
        let (flags, more) = (rest.get(..2)?, rest.get(2..)?);
        let is_known = if version == 0 { more.is_empty() } else { version != 0xff };
        if !is_known || !(more.is_empty() || more.starts_with('-')) || id == 0 || span == 0 {
            return None;
        }
        let flags = u8::try_from(hex(flags, 2)?).ok()? & SAMPLED;
        let state = tracestate.map(str::trim).filter(|state| is_state(state)).map(Arc::from);
        Some(Self { id, span: u64::try_from(span).ok()?, flags, state })
    }

    /// The trace of what runs now; one of its own if that belongs to none.
    pub(crate) fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_else(|_| Self::begin())
    }

    /// The trace of what runs now, if it belongs to one.
    pub(crate) fn around() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Does something within it.
    pub(crate) fn enter<R>(&self, work: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self.clone(), work)
    }

    /// Does something within it.
    pub(crate) async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// A new span of it.
    pub(crate) fn child(&self) -> Self {
        Self { span: span_id(), ..self.clone() }
    }

    /// The span of a node, which is the same however often it is asked for.
    pub(crate) fn node(&self, key: &str) -> Self {
        let span = (self.span.rotate_left(32) ^ fingerprint(key)).max(1);
        Self { span, ..self.clone() }
    }

    /// The id of the trace, in 32 hexadecimal digits.
    pub(crate) fn id(&self) -> String {
        format!("{:032x}", self.id)
    }

    /// The id of the span, in 16 hexadecimal digits.
    pub(crate) fn span(&self) -> impl fmt::Display + use<> {
        Span(self.span)
    }

    /// The header that tells another service.
    pub(crate) fn traceparent(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.id, self.span, self.flags)
    }

    /// The header beside it, if there is one.
    pub(crate) fn tracestate(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The columns that keep it: the trace, the span with its flags, and the state.
    pub(crate) fn columns(&self) -> (String, String, Option<String>) {
        let parent = format!("{:016x}-{:02x}", self.span, self.flags);
        (self.id(), parent, self.tracestate().map(str::to_owned))
    }

    /// The trace of what [`Self::columns`] gave; a new one if there is none.
    pub(crate) fn stored(id: Option<&str>, parent: Option<&str>, state: Option<&str>) -> Self {
        let whole = id.zip(parent).map(|(id, parent)| format!("00-{id}-{parent}"));
        whole.and_then(|whole| Self::parse(&whole, state)).unwrap_or_else(Self::begin)
    }
}

struct Span(u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A number that no other trace has; never 0, which the standard forbids.
fn random() -> u128 {
    let mut bytes = [0; 16];
    // Without random numbers traces run together, which does no harm to what they are of.
    let _ = getrandom::fill(&mut bytes);
    u128::from_le_bytes(bytes).max(1)
}

fn span_id() -> u64 {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes).max(1)
}

/// So many hexadecimal digits, in lower case as the standard has them.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == digits && text.bytes().all(is_digit))
        .then(|| u128::from_str_radix(text, 16).ok())
        .flatten()
}

/// Whether a `tracestate` can be passed on: members with well-formed keys, each once.
fn is_state(state: &str) -> bool {
    let members: Vec<&str> =
        state.split(',').map(|member| member.trim_matches([' ', '\t'])).collect();
    let mut keys: Vec<&str> = Vec::new();
    for member in members.iter().filter(|member| !member.is_empty()) {
        let Some((key, value)) = member.split_once('=') else { return false };
        if !is_key(key) || !is_value(value) || keys.contains(&key) {
            return false;
        }
        keys.push(key);
    }
    !keys.is_empty() && members.len() <= MEMBERS && state.len() <= STATE
}

fn is_key(key: &str) -> bool {
    let is_of_one = |part: &str| {
        let is_inner =
            |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/');
        part.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && part.bytes().all(is_inner)
    };
    key.split('@').count() <= 2 && key.split('@').all(is_of_one)
}

fn is_value(value: &str) -> bool {
    !value.is_empty()
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_caller_s_trace_is_read_as_the_standard_says() {
        let trace =
            Trace::parse(PARENT, Some("rojo=00f067, congo=t61")).expect("it is well-formed");
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.traceparent(), PARENT);
        assert_eq!(trace.tracestate(), Some("rojo=00f067, congo=t61"));
        // A later version, with what is not known yet; flags that are not known are not passed on.
        let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-what-comes";
        let later = Trace::parse(later, None).expect("it begins alike");
        assert_eq!(later.traceparent(), PARENT);
        for wrong in [
            "",
            "00",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b77-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-é1",
        ] {
            assert_eq!(Trace::parse(wrong, None), None, "{wrong}");
        }
    }

    #[test]
    fn a_state_that_is_not_well_formed_is_left_out() {
        let long = format!("a={}", "x".repeat(STATE));
        let many = (0..=MEMBERS).map(|i| format!("k{i}=v")).collect::<Vec<_>>().join(",");
        for (state, is_kept) in [
            ("a=1", true),
            ("fw529a3039@dt=FfAAAA, a=1,,", true),
            ("a=1;b 2", true),
            ("", false),
            (",", false),
            ("a", false),
            ("A=1", false),
            ("a=1,a=2", false),
            ("a=1=2", false),
            ("a=", false),
            ("a@b@c=1", false),
            ("a=\u{1}", false),
            ("a=ü", false),
            (&long, false),
            (&many, false),
        ] {
            let trace = Trace::parse(PARENT, Some(state)).expect("the parent is well-formed");
            assert_eq!(trace.tracestate().is_some(), is_kept, "{state}");
        }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let trace = Trace::parse(PARENT, Some("a=1")).expect("it is well-formed");
        let (id, parent, state) = trace.columns();
        assert_eq!(Trace::stored(Some(&id), Some(&parent), state.as_deref()), trace);
        assert_eq!(Trace::stored(Some(&id), Some(&parent), None).tracestate(), None);
        // What an older version wrote has none.
        assert_ne!(Trace::stored(None, None, None), Trace::stored(None, None, None));
    }

    #[test]
    fn each_node_of_a_run_has_a_span_of_its_own() {
        let trace = Trace::begin();
        let spans = ["a", "b", "a/b"].map(|key| trace.node(key).traceparent());
        assert_eq!(trace.node("a").traceparent(), spans[0]);
        assert!(spans[0] != spans[1] && spans[1] != spans[2] && spans[0] != spans[2]);
        assert!(!spans.contains(&trace.traceparent()) && trace.node("a").id() == trace.id());
    }
}
