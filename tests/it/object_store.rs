//! An object store as shared cache: a real server of S3's protocol on this machine. `cargo xtask test` installs it.

use crate::foursight::{Running, built_alone, demo_group, foursight, tree};
use std::{
    collections::BTreeMap,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// The server's program.
fn program() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto/bin/moto_server");
    assert!(path.is_file(), "{} is installed by `cargo xtask test`", path.display());
    path
}

/// A server that ends with the test.
struct Server {
    _process: Running,
    address: String,
}

impl Server {
    fn start() -> Server {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut command = Command::new(program());
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Running(command.spawn().expect("it starts"));
        let server = Server { _process: process, address: format!("127.0.0.1:{port}") };
        for _ in 0..600 {
            if TcpStream::connect(&server.address).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("no server at {}", server.address);
    }

    /// What the environment says of it; the credentials are the test's own.
    fn environment(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("AWS_ENDPOINT", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "somebody".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "not-to-be-seen".to_owned()),
        ])
    }

    /// Makes a bucket.
    fn made(&self, bucket: &str) {
        let python = program().with_file_name("python");
        let make = format!(
            "import boto3; boto3.client('s3', endpoint_url='http://{}', region_name='us-east-1', \
             aws_access_key_id='a', aws_secret_access_key='b').create_bucket(Bucket='{bucket}')",
            self.address
        );
        let output = Command::new(python).args(["-c", &make]).output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn two_machines_share_a_bucket() {
    let group = demo_group(2, 2);
    let alone = built_alone(group.path());

    let server = Server::start();
    server.made("foursight");
    let run = |command: &str, more: &[&str]| {
        let mut run = foursight();
        run.args([command, "--quiet", "--input"]).arg(group.path().join("input"));
        run.args(["--require-cache"]).args(more).envs(server.environment());
        let output = run.output().expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("not-to-be-seen"), "{said}");
        (output.status.code(), said)
    };
    let path = |name: &str| group.path().join(name).display().to_string();
    let bucket = ["--cache", "s3://foursight/group/a"];
    let (code, said) = run("ingest", &[&bucket[..], &["--work", &path("one")]].concat());
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run("build", &[&bucket[..], &["--work", &path("two"), "--output", &path("output")]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.lines().any(|line| line.starts_with("读取 0/") && line.contains("检查 0/")), "{said}");
    assert!(alone == tree(&group.path().join("output")), "the bytes of one machine");

    // With a bucket that is not there it is said, and nothing is published.
    let (code, said) =
        run("build", &["--work", &path("three"), "--output", &path("three-out"), "--cache", "s3://elsewhere/x"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("s3://elsewhere/x") && !group.path().join("three-out").exists(), "{said}");
}
