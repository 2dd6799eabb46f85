//! Paragraphs that stop the run when a table, a text or a number is full.

use super::Lower;
use crate::cobol::tree::{Expr, Paragraph, Stmt};

impl Lower<'_> {
    /// `PERFORM` of the paragraph that says that a number does not fit.
    pub fn number_overflow(&mut self) -> Stmt {
        self.stop_paragraph("NUMBER-OVERFLOW", "NUMBER TOO LARGE")
    }

    /// `PERFORM` of the paragraph that says that a text does not fit.
    pub fn text_overflow(&mut self) -> Stmt {
        self.stop_paragraph("TEXT-OVERFLOW", "TEXT TOO LONG")
    }

    /// `PERFORM` of the paragraph that says that a table is full.
    pub fn table_overflow(&mut self) -> Stmt {
        self.stop_paragraph("TABLE-OVERFLOW", "TABLE FULL")
    }

    /// `PERFORM` of a paragraph that says what is wrong and stops the run.
    pub fn stop_paragraph(&mut self, name: &str, message: &str) -> Stmt {
        if !self.paragraphs.iter().any(|p| p.name == name) {
            self.names.take(name);
            let text = Expr::Text(message.to_string());
            let body = vec![
                Stmt::Display { items: vec![text], to_stderr: true, no_advancing: false },
                Stmt::StopRun { failed: true },
            ];
            self.paragraphs.push(Paragraph { name: name.to_string(), body });
        }
        Stmt::PerformParagraph(name.to_string())
    }
}
