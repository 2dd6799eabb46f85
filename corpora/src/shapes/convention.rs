//! How trainers want a question and its answer written down.

use crate::table::{Row, column, schema};
use arrow::datatypes::{DataType, Field, SchemaRef};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A question with its answer, and what they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What is asked for.
    pub instruction: String,
    /// What the instruction is about; may be empty.
    pub input: String,
    /// The answer.
    pub output: String,
    /// What kind of question it is.
    pub task: &'static str,
    /// The record.
    pub id: String,
    /// The language of the program that is asked for or about.
    pub lang: String,
    /// Its licence.
    pub license: String,
}

impl Exchange {
    /// Instruction and input as one text.
    fn question(&self) -> String {
        if self.input.is_empty() {
            self.instruction.clone()
        } else {
            format!("{}\n\n{}", self.instruction, self.input)
        }
    }
}

/// A way to write an exchange down.
pub trait Convention: Sync {
    /// What it is written as.
    type Row: Row + Send;

    /// Writes it.
    fn row(exchange: Exchange) -> Self::Row;
}

/// What every row says of where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// What kind of question it is.
    pub task: String,
    /// The record.
    pub id: String,
    /// The language of the program that is asked for or about.
    pub lang: String,
    /// Its licence.
    pub license: String,
}

impl Origin {
    fn of(exchange: &Exchange) -> Self {
        Origin {
            task: exchange.task.to_owned(),
            id: exchange.id.clone(),
            lang: exchange.lang.clone(),
            license: exchange.license.clone(),
        }
    }

    fn fields() -> impl Iterator<Item = Field> {
        ["task", "id", "lang", "license"].into_iter().map(|name| column(name, DataType::Utf8))
    }
}

/// A schema of texts with the origin behind them.
fn with_origin(fields: impl IntoIterator<Item = Field>) -> SchemaRef {
    schema(fields.into_iter().chain(Origin::fields()).collect())
}

/// A column with a list of objects of two texts.
fn turns(name: &str, keys: [&str; 2]) -> Field {
    let turn = DataType::Struct(keys.map(|key| column(key, DataType::Utf8)).to_vec().into());
    Field::new(name, DataType::List(Arc::new(Field::new("element", turn, false))), false)
}

/// `{"messages": [{"role", "content"}]}`, as OpenAI's interface and TRL have it.
#[derive(Debug)]
pub struct Messages;

/// A row of [`Messages`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessagesRow {
    /// Question and answer.
    pub messages: Vec<Message>,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `user` or `assistant`.
    pub role: String,
    /// The text.
    pub content: String,
}

impl Convention for Messages {
    type Row = MessagesRow;

    fn row(exchange: Exchange) -> MessagesRow {
        let message = |role: &str, content| Message { role: role.to_owned(), content };
        let origin = Origin::of(&exchange);
        let messages = vec![message("user", exchange.question()), message("assistant", exchange.output)];
        MessagesRow { messages, origin }
    }
}

impl Row for MessagesRow {
    fn schema() -> SchemaRef {
        with_origin([turns("messages", ["role", "content"])])
    }

    fn size(&self) -> usize {
        self.messages.iter().map(|message| message.content.len()).sum()
    }
}

/// `{"conversations": [{"from", "value"}]}`, as ShareGPT and LLaMA-Factory have it.
#[derive(Debug)]
pub struct ShareGpt;

/// A row of [`ShareGpt`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShareGptRow {
    /// Question and answer.
    pub conversations: Vec<Turn>,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// One turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `human` or `gpt`.
    pub from: String,
    /// The text.
    pub value: String,
}

impl Convention for ShareGpt {
    type Row = ShareGptRow;

    fn row(exchange: Exchange) -> ShareGptRow {
        let turn = |from: &str, value| Turn { from: from.to_owned(), value };
        let origin = Origin::of(&exchange);
        let conversations = vec![turn("human", exchange.question()), turn("gpt", exchange.output)];
        ShareGptRow { conversations, origin }
    }
}

impl Row for ShareGptRow {
    fn schema() -> SchemaRef {
        with_origin([turns("conversations", ["from", "value"])])
    }

    fn size(&self) -> usize {
        self.conversations.iter().map(|turn| turn.value.len()).sum()
    }
}

/// `{"instruction", "input", "output"}`, as Alpaca has it.
#[derive(Debug)]
pub struct Alpaca;

/// A row of [`Alpaca`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlpacaRow {
    /// What is asked for.
    pub instruction: String,
    /// What the instruction is about; may be empty.
    pub input: String,
    /// The answer.
    pub output: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Convention for Alpaca {
    type Row = AlpacaRow;

    fn row(exchange: Exchange) -> AlpacaRow {
        let origin = Origin::of(&exchange);
        let Exchange { instruction, input, output, .. } = exchange;
        AlpacaRow { instruction, input, output, origin }
    }
}

impl Row for AlpacaRow {
    fn schema() -> SchemaRef {
        with_origin(["instruction", "input", "output"].map(|name| column(name, DataType::Utf8)))
    }

    fn size(&self) -> usize {
        self.instruction.len() + self.input.len() + self.output.len()
    }
}

/// `{"prompt", "completion"}`, as TRL has it.
#[derive(Debug)]
pub struct Prompt;

/// A row of [`Prompt`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromptRow {
    /// The question.
    pub prompt: String,
    /// The answer.
    pub completion: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Convention for Prompt {
    type Row = PromptRow;

    fn row(exchange: Exchange) -> PromptRow {
        let (prompt, origin) = (exchange.question(), Origin::of(&exchange));
        PromptRow { prompt, completion: exchange.output, origin }
    }
}

impl Row for PromptRow {
    fn schema() -> SchemaRef {
        with_origin(["prompt", "completion"].map(|name| column(name, DataType::Utf8)))
    }

    fn size(&self) -> usize {
        self.prompt.len() + self.completion.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;
    use crate::readers::rows;
    use crate::writers::TableWriter;

    fn exchange() -> Exchange {
        Exchange {
            instruction: "Do it.".into(),
            input: "x".into(),
            output: "y".into(),
            task: "write",
            id: "1".into(),
            lang: "l".into(),
            license: "MIT".into(),
        }
    }

    /// The row as JSON, which has to be the same after a detour through Parquet.
    fn written<C: Convention>() -> serde_json::Value
    where
        C::Row: 'static,
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let mut table = TableWriter::create(&path, Format::Parquet).unwrap();
        table.push(C::row(exchange())).unwrap();
        table.finish().unwrap();
        let read: C::Row = rows(&path, Format::Parquet).unwrap().next().unwrap().unwrap();
        let read = serde_json::to_value(read).unwrap();
        assert_eq!(read, serde_json::to_value(C::row(exchange())).unwrap());
        let mut declared: Vec<String> =
            C::Row::schema().fields().iter().map(|field| field.name().clone()).collect();
        declared.sort();
        let mut fields: Vec<String> = read.as_object().unwrap().keys().cloned().collect();
        fields.sort();
        assert_eq!(fields, declared);
        read
    }

    #[test]
    fn each_convention_has_its_own_fields() {
        let origin = r#""task":"write","id":"1","lang":"l","license":"MIT""#;
        for (row, text) in [
            (
                written::<Messages>(),
                r#""messages":[{"role":"user","content":"Do it.\n\nx"},{"role":"assistant","content":"y"}]"#,
            ),
            (
                written::<ShareGpt>(),
                r#""conversations":[{"from":"human","value":"Do it.\n\nx"},{"from":"gpt","value":"y"}]"#,
            ),
            (written::<Alpaca>(), r#""instruction":"Do it.","input":"x","output":"y""#),
            (written::<Prompt>(), r#""prompt":"Do it.\n\nx","completion":"y""#),
        ] {
            let expected: serde_json::Value = serde_json::from_str(&format!("{{{text},{origin}}}")).unwrap();
            assert_eq!(row, expected);
        }
    }
}
