//! CBOR, token by token.
//!
//! | CBOR | becomes |
//! |---|---|
//! | whole number, big number (tags 2, 3) | that number |
//! | float of 16, 32 or 64 bits | a 64-bit float |
//! | decimal fraction (tag 4) | a decimal number |
//! | bytes, text, whole or in chunks | bytes, text |
//! | array, map, of known length or not | list, map in the order of its entries |
//! | an entry whose key came before | the later value in the earlier place |
//! | tag 55799 (this is CBOR) | nothing |
//! | other tags, `undefined`, other simple values, keys that are arrays or maps | refused: they would come back changed |
#![forbid(unsafe_code)]

use cohabit::{Decimal, Error, Value};
use minicbor::{Decoder, data::Token};
use num_bigint::{BigInt, Sign};

use super::{Event, Refused, Whole};

/// What we are inside of.
#[derive(Clone, Copy)]
struct Frame {
    is_map: bool,
    /// Items to come; of a map, keys and values. Unknown: there is a break at the end.
    left: Option<u64>,
    /// In a map: whether a key comes next.
    at_key: bool,
}

/// Reads a whole document, telling `tell` each piece.
pub fn read(bytes: &[u8], tell: &mut dyn FnMut(Event<'_>) -> Result<(), Error>) -> Result<(), Refused> {
    let mut source = Source { decoder: Decoder::new(bytes), start: 0 };
    let mut inside: Vec<Frame> = Vec::new();
    let mut first = true;
    loop {
        let mut token = source.next()?;
        if let (true, Token::Tag(tag)) = (first, token)
            && tag.as_u64() == SELF_DESCRIBED
        {
            token = source.next()?;
        }
        first = false;
        let top = inside.last().copied();
        if token == Token::Break {
            match inside.pop() {
                Some(Frame { left: None, is_map, at_key }) if at_key || !is_map => tell(Event::End)?,
                Some(Frame { left: None, .. }) => return Err(source.refuse("a map ends behind a key")),
                _ => return Err(source.refuse("there is an end without a beginning")),
            }
        } else if let Some(Frame { is_map: true, at_key: true, .. }) = top {
            source.scalar(token, &mut |key| tell(Event::Key(key)).map(Ok))?;
            if let Some(frame) = inside.last_mut() {
                frame.at_key = false;
                frame.left = frame.left.map(|left| left - 1);
            }
            continue;
        } else if let Some(frame) = source.container(token)? {
            tell(if frame.is_map { Event::Map } else { Event::List })?;
            inside.push(frame);
        } else {
            source.scalar(token, &mut |value| tell(Event::Scalar(value)).map(Ok))?;
        }
        // A value is complete, or a container has begun; and each that is complete may complete the one around it.
        let mut begun =
            matches!(token, Token::Array(_) | Token::Map(_) | Token::BeginArray | Token::BeginMap);
        loop {
            let Some(frame) = inside.last_mut() else { return source.end() };
            if !begun {
                frame.at_key = frame.is_map;
                frame.left = frame.left.map(|left| left - 1);
            }
            begun = false;
            if frame.left != Some(0) {
                break;
            }
            inside.pop();
            tell(Event::End)?;
        }
    }
}

const SELF_DESCRIBED: u64 = 55_799;

struct Source<'b> {
    decoder: Decoder<'b>,
    /// Where the token at hand begins.
    start: usize,
}

/// What is done with a scalar; what keeps it from being taken is told in words.
type Tell<'t> = &'t mut dyn FnMut(Value<'_>) -> Result<Result<(), &'static str>, Error>;

impl<'b> Source<'b> {
    fn next(&mut self) -> Result<Token<'b>, Refused> {
        self.start = self.decoder.position();
        self.decoder.decode().map_err(|error: minicbor::decode::Error| {
            if error.is_end_of_input() {
                self.refuse("it ends in the middle of a value")
            } else {
                self.refuse(&error.to_string())
            }
        })
    }

    fn refuse(&self, why: &str) -> Refused {
        Refused::Document(format!("{why}, at byte {}", self.start))
    }

    /// Nothing may follow.
    fn end(&mut self) -> Result<(), Refused> {
        self.start = self.decoder.position();
        if self.start == self.decoder.input().len() {
            Ok(())
        } else {
            Err(self.refuse("something follows the document"))
        }
    }

    /// The container that begins with this token, if one does.
    fn container(&self, token: Token<'_>) -> Result<Option<Frame>, Refused> {
        let list = |left| Some(Frame { is_map: false, left, at_key: false });
        let map = |left| Some(Frame { is_map: true, left, at_key: true });
        Ok(match token {
            Token::Array(len) => list(Some(len)),
            Token::BeginArray => list(None),
            Token::Map(len) => {
                map(Some(len.checked_mul(2).ok_or_else(|| self.refuse("a map cannot be so long"))?))
            }
            Token::BeginMap => map(None),
            _ => None,
        })
    }

    /// The scalar that begins with this token.
    fn scalar(&mut self, token: Token<'b>, tell: Tell<'_>) -> Result<(), Refused> {
        let told = match token {
            Token::Null => tell(Value::Null),
            Token::Bool(bool) => tell(Value::Bool(bool)),
            Token::F16(float) | Token::F32(float) => tell(Value::Float(float.into())),
            Token::F64(float) => tell(Value::Float(float)),
            Token::Bytes(bytes) => tell(Value::Bytes(bytes)),
            Token::String(text) => tell(Value::Text(text)),
            Token::BeginBytes => tell(Value::Bytes(&self.bytes_in_chunks()?)),
            Token::BeginString => tell(Value::Text(&self.text_in_chunks()?)),
            Token::Tag(tag) if tag.as_u64() == 4 => {
                let text = self.decimal()?;
                match Decimal::parse(&text) {
                    Ok(decimal) => tell(Value::Decimal(decimal)),
                    Err(_) => {
                        return Err(self.refuse("a decimal number's exponent is beyond what we can hold"));
                    }
                }
            }
            token => tell(Whole::new(&self.whole(token)?).value()),
        };
        told?.map_err(|why| self.refuse(why))
    }

    /// The whole number that begins with this token.
    fn whole(&mut self, token: Token<'b>) -> Result<BigInt, Refused> {
        Ok(match token {
            Token::U8(int) => int.into(),
            Token::U16(int) => int.into(),
            Token::U32(int) => int.into(),
            Token::U64(int) => int.into(),
            Token::I8(int) => int.into(),
            Token::I16(int) => int.into(),
            Token::I32(int) => int.into(),
            Token::I64(int) => int.into(),
            Token::Int(int) => i128::from(int).into(),
            Token::Tag(tag) if matches!(tag.as_u64(), 2 | 3) => {
                let int = match self.next()? {
                    Token::Bytes(bytes) => BigInt::from_bytes_be(Sign::Plus, bytes),
                    Token::BeginBytes => BigInt::from_bytes_be(Sign::Plus, &self.bytes_in_chunks()?),
                    _ => return Err(self.refuse("a large number has no bytes")),
                };
                if tag.as_u64() == 3 { -1 - int } else { int }
            }
            Token::Tag(tag) => return Err(self.refuse(&format!("tag {} has no form here", tag.as_u64()))),
            Token::Undefined => return Err(self.refuse("`undefined` has no form here")),
            Token::Simple(_) => return Err(self.refuse("a simple value of this number has no form here")),
            Token::Array(_) | Token::BeginArray | Token::Map(_) | Token::BeginMap => {
                return Err(self.refuse("a key cannot be an array or a map"));
            }
            _ => return Err(self.refuse("this cannot stand here")),
        })
    }

    /// `[exponent, mantissa]`, as a text.
    fn decimal(&mut self) -> Result<String, Refused> {
        if self.next()? != Token::Array(2) {
            return Err(self.refuse("a decimal number is an array of two"));
        }
        let exponent = self.next().and_then(|token| self.whole(token))?;
        let mantissa = self.next().and_then(|token| self.whole(token))?;
        Ok(format!("{mantissa}e{exponent}"))
    }

    fn bytes_in_chunks(&mut self) -> Result<Vec<u8>, Refused> {
        let mut all = Vec::new();
        loop {
            match self.next()? {
                Token::Bytes(bytes) => all.extend_from_slice(bytes),
                Token::Break => return Ok(all),
                _ => return Err(self.refuse("a chunk of bytes is no bytes")),
            }
        }
    }

    fn text_in_chunks(&mut self) -> Result<String, Refused> {
        let mut all = String::new();
        loop {
            match self.next()? {
                Token::String(text) => all.push_str(text),
                Token::Break => return Ok(all),
                _ => return Err(self.refuse("a chunk of a text is no text")),
            }
        }
    }
}
