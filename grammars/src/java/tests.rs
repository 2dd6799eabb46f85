//! Tests of the Java front end through its one entrance.
