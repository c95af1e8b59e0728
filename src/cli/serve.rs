//! `foursight serve`: the site on this machine, built anew whenever input, definitions or config change. A build that fails
//! leaves the last good site in place and says on every page what is wrong.

mod answer;

use super::{CLEAN, Failure, project::ProjectArguments, terminal, watch::Watched, whole};
use crate::{
    model::{Lang, Message, Told},
    publish::work_beside,
};
use answer::Shown;
use clap::Args;
use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use tiny_http::Server;

/// Requests that are answered at a time.
const AT_A_TIME: usize = 4;

#[derive(Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    project: ProjectArguments,
    /// The output folder, replaced as a whole.
    #[arg(long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
    /// The port on this machine; 0: any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 8020, value_parser = |text: &str| whole(text, 0, 65_535))]
    port: u64,
}

pub(super) fn run(arguments: &ServeArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    // Nobody but this machine: the output holds what no other may see.
    let at = (Ipv4Addr::LOCALHOST, u16::try_from(arguments.port).unwrap_or_default());
    let refused = |what| Message::new("serve.port").with("port", arguments.port).with("what", what);
    let listener = TcpListener::bind(at).map_err(|error| refused(error.told()))?;
    let port = listener.local_addr()?.port();
    let server = Server::from_listener(listener, None).map_err(|error| refused(Message::new(error.to_string())))?;
    let (server, shown) = (Arc::new(server), Arc::new(RwLock::new(Shown::default())));
    for _ in 0..AT_A_TIME {
        let (server, shown, output) = (Arc::clone(&server), Arc::clone(&shown), arguments.output.clone());
        std::thread::spawn(move || {
            while let Ok(request) = server.recv() {
                let shown = shown.read().unwrap_or_else(PoisonError::into_inner).clone();
                answer::to(request, &output, port, &shown);
            }
        });
    }
    terminal::tell(&Message::new("serve.at").with("url", format!("http://127.0.0.1:{port}/")));
    loop {
        let before = Watched::of(&arguments.project.input);
        let built = build(&arguments.project, &arguments.output, lang);
        let mut now = shown.write().unwrap_or_else(PoisonError::into_inner);
        match built {
            Ok(()) => {
                *now = Shown { built: now.built + 1, problem: None };
                terminal::tell(&Message::new("serve.built").with("count", now.built));
            }
            Err(Failure(message)) => {
                let kept = Message::new("serve.kept").with("what", message);
                now.problem = Some(terminal::words().say(&kept));
                terminal::complain(&kept);
            }
        }
        drop(now);
        if !before.changes() {
            return Ok(CLEAN);
        }
    }
}

fn build(project: &ProjectArguments, output: &Path, lang: Option<Lang>) -> Result<(), Failure> {
    let group = project.group(work_beside(output), lang)?;
    group.build(output, &project.display())?;
    Ok(())
}
