//! The objects of a JSON file, one after the other, each with the line it begins in.

use std::io::{self, BufReader, Bytes, Read};

/// The largest object, in bytes.
const LARGEST: usize = 64 << 20;

/// The texts of the objects of an array, or of a file that has one object after the other.
pub(super) struct Objects<R> {
    bytes: Bytes<BufReader<R>>,
    line: u64,
    is_broken: bool,
}

impl<R: Read> Objects<R> {
    pub(super) fn new(from: R) -> Self {
        Self { bytes: BufReader::with_capacity(1 << 16, from).bytes(), line: 1, is_broken: false }
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.bytes.next().transpose()?;
        self.line += u64::from(byte == Some(b'\n'));
        Ok(byte)
    }

    /// The rest of an object behind its first brace.
    fn rest(&mut self) -> io::Result<String> {
        let (mut text, mut depth) = (vec![b'{'], 1_usize);
        let (mut in_text, mut is_escaped) = (false, false);
        while depth > 0 {
            let Some(byte) = self.byte()? else {
                return Err(io::Error::other("the file ends within an object"));
            };
            if text.len() == LARGEST {
                return Err(io::Error::other(format!("it is larger than {LARGEST} bytes")));
            }
            text.push(byte);
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_text => is_escaped = true,
                b'"' => in_text = !in_text,
                b'{' if !in_text => depth += 1,
                b'}' if !in_text => depth -= 1,
                _ => {}
            }
        }
        String::from_utf8(text).map_err(|_| io::Error::other("it is not UTF-8"))
    }

    fn object(&mut self) -> io::Result<Option<(u64, String)>> {
        loop {
            match self.byte()? {
                None => return Ok(None),
                // Between the objects of an array.
                Some(b'[' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n') => {}
                Some(b'{') => {
                    let line = self.line;
                    return self.rest().map(|text| Some((line, text)));
                }
                Some(byte) => {
                    let found = byte.escape_ascii();
                    let text =
                        format!("expected an object with the values of a record, found `{found}`");
                    return Err(io::Error::other(text));
                }
            }
        }
    }
}

impl<R: Read> Iterator for Objects<R> {
    /// The line, and what stands there.
    type Item = (u64, io::Result<String>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_broken {
            return None;
        }
        match self.object() {
            Ok(None) => None,
            Ok(Some((line, text))) => Some((line, Ok(text))),
            Err(error) => {
                // What follows cannot be told apart.
                self.is_broken = true;
                Some((self.line, Err(error)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, String)> {
        let objects = Objects::new(text.as_bytes());
        objects.map(|(line, text)| (line, text.unwrap_or_else(|error| error.to_string()))).collect()
    }

    #[test]
    fn objects_are_told_apart_whatever_stands_in_them() {
        let found = |line: u64, text: &str| (line, text.to_owned());
        assert_eq!(read(""), []);
        assert_eq!(read("[]"), []);
        assert_eq!(read("{}\n{\"a\": 1}\n"), [found(1, "{}"), found(2, "{\"a\": 1}")]);
        let nested = "{\n \"a\": {\"b\": \"}\\\"{\"}\n}";
        assert_eq!(read(&format!("[\n{nested},{{}}]")), [found(2, nested), found(4, "{}")]);
    }

    #[test]
    fn what_is_no_object_ends_it() {
        for (text, line, message) in [
            ("{}\n5", 2, "found `5`"),
            ("[{\"a\": 1", 1, "ends within"),
            ("\n\"a\"", 2, "found `\\\"`"),
        ] {
            let last = read(text).pop().expect("something");
            assert!(last.0 == line && last.1.contains(message), "{text}: {last:?}");
        }
    }
}
