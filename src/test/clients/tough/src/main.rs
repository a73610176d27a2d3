//! A device that runs tough; commands and answers are those of ../python-tuf/device.py, as JSON lines:
//!
//!     device serve
//!
//! tough has no clock of its own to set, and keeps no root: what it has verified is kept for it here.

use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::Path;
use tough::error::Error;
use tough::{RepositoryLoader, TransportErrorKind};
use url::Url;

fn text<'a>(request: &'a Value, field: &str) -> &'a str {
    request[field].as_str().unwrap_or_default()
}

fn initialise(request: &Value) -> Result<Value, String> {
    let directory = Path::new(text(request, "directory"));
    std::fs::create_dir_all(directory.join("datastore")).map_err(|e| e.to_string())?;
    std::fs::copy(text(request, "root"), directory.join("root.json")).map_err(|e| e.to_string())?;
    Ok(json!({}))
}

async fn update(request: &Value) -> Result<Value, String> {
    if request.get("time").is_some() {
        return Err("tough's clock can't be set".into());
    }
    let directory = Path::new(text(request, "directory"));
    let root = std::fs::read(directory.join("root.json")).map_err(|e| e.to_string())?;
    let base = format!("{}/", text(request, "url").trim_end_matches('/'));
    let url = Url::parse(&base).map_err(|e| e.to_string())?;
    let loaded = RepositoryLoader::new(&root, url.clone(), url).datastore(directory.join("datastore")).load().await;
    let repository = match loaded {
        Ok(repository) => repository,
        Err(e) => return refused(e),
    };
    let kept = serde_json::to_vec(repository.root()).map_err(|e| e.to_string())?;
    std::fs::write(directory.join("root.json"), kept).map_err(|e| e.to_string())?;
    let mut paths: Vec<_> = repository.targets().signed.targets.keys().map(|name| name.raw().to_string()).collect();
    paths.sort();
    let mut answer = json!({
        "root": repository.root().signed.version,
        "timestamp": repository.timestamp().signed.version,
        "snapshot": repository.snapshot().signed.version,
        "targets": repository.targets().signed.version,
        "paths": paths,
    });
    if request.get("target").is_some() {
        let found = repository.all_targets().find(|(name, _)| name.raw() == text(request, "target"));
        answer["target"] = found.map_or(Value::Null, |(_, target)| {
            json!({"length": target.length, "hashes": {"sha256": hex(&target.hashes.sha256)}})
        });
    }
    Ok(answer)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file that isn't there is the repository's doing; one that can't be asked for is no verdict on it.
fn refused(error: Error) -> Result<Value, String> {
    if let Error::Transport { ref source, .. } = error {
        if source.kind() != TransportErrorKind::FileNotFound {
            return Err(error.to_string());
        }
    }
    let debug = format!("{error:?}");
    let kind = debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    Ok(json!({"refused": kind, "message": error.to_string()}))
}

#[tokio::main]
async fn main() {
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line.expect("a line")).expect("a JSON object");
        let answer = match text(&request, "command") {
            "init" => initialise(&request),
            _ => update(&request).await,
        };
        println!("{}", answer.unwrap_or_else(|fault| json!({"failed": fault})));
        std::io::stdout().flush().expect("stdout");
    }
}
