//! `aether-servers`, from end to end.

use std::process::{Command, Output};

use crate::probe::{aether_servers, listens};

fn exec(options: &[&str], script: &str) -> Output {
    let mut command = aether_servers();
    command.args(["exec", "--fsync", "off"]).args(options).args(["--", "sh", "-c", script]);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap().trim()
}

#[test]
fn the_command_gets_both_addresses_and_the_servers_are_gone_after_it() {
    let output = exec(&[], r#"echo "$AETHER_DATABASE_URL $AETHER_REDIS_URL""#);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (postgres, redis) = text(&output.stdout).split_once(' ').unwrap();
    assert!(postgres.starts_with("postgres://") && redis.starts_with("redis://"));
    assert!(!listens(postgres) && !listens(redis));
}

#[test]
fn the_code_of_the_command_is_passed_on() {
    assert_eq!(exec(&["--no-redis"], "exit 0").status.code(), Some(0));
    assert_eq!(exec(&["--no-redis"], "exit 7").status.code(), Some(7));
    assert_eq!(exec(&["--no-redis"], "kill -KILL $$").status.code(), Some(137));
}

#[test]
fn without_redis_there_is_no_address_of_one() {
    let output = exec(&["--no-redis"], r#"echo "[$AETHER_REDIS_URL]""#);
    assert_eq!(text(&output.stdout), "[]");
}

#[test]
fn a_command_that_is_not_there_fails() {
    let mut command = aether_servers();
    let output = command.args(["exec", "--no-redis", "--", "no-such-command"]).output().unwrap();
    assert_eq!(output.status.code(), Some(127));
    assert!(text(&output.stderr).contains("no-such-command"));
}

#[test]
fn a_command_inside_another_uses_the_same_servers() {
    let inner = env!("CARGO_BIN_EXE_aether-servers");
    let script = format!(
        r#"echo "$AETHER_DATABASE_URL $AETHER_REDIS_URL"
           {inner} exec -- sh -c 'echo "$AETHER_DATABASE_URL $AETHER_REDIS_URL"'"#
    );
    let output = exec(&[], &script);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (outer, inner) = text(&output.stdout).split_once('\n').unwrap();
    assert_eq!(outer, inner);
}

#[test]
fn an_address_where_nobody_answers_is_an_error_that_names_the_variable() {
    let nowhere = "postgres://postgres@127.0.0.1:1/postgres";
    let mut command = Command::new(env!("CARGO_BIN_EXE_aether-servers"));
    command.env("AETHER_DATABASE_URL", nowhere).args(["exec", "--no-redis", "--", "true"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("AETHER_DATABASE_URL"), "{}", text(&output.stderr));
}

#[test]
fn the_doctor_says_where_each_server_would_come_from() {
    let output = aether_servers().arg("doctor").output().unwrap();
    let lines = text(&output.stdout);
    assert!(output.status.success(), "{lines}");
    assert!(lines.contains("postgresql  started from "), "{lines}");
    assert!(lines.contains("redis       started from "), "{lines}");
}

#[test]
fn the_doctor_says_what_to_install_when_nothing_is_there() {
    let mut command = aether_servers();
    // Neither programs nor Docker: a PATH without either, and a bin folder that is none.
    command.env("PATH", "/nowhere").env("AETHER_PG_BIN", "/nowhere");
    command.env("DOCKER_HOST", "unix:///nowhere/docker.sock");
    let output = command.arg("doctor").output().unwrap();
    let lines = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{lines}");
    assert!(lines.contains("/nowhere has no initdb"), "{lines}");
    assert!(lines.contains("apt-get install postgresql redis-server"), "{lines}");
    let docker = match cfg!(feature = "docker") {
        true => "docker      does not answer",
        false => "docker      is left out of this build",
    };
    assert!(lines.contains(docker), "{lines}");
}
