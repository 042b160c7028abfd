//! DynamoDB: dynoxide in process, its table, and the way to it.
//!
//! dynoxide checks what AWS checks on the wire only in its HTTP server, and that server cannot be part
//! of ours. So it listens on a port of its own, and calls are passed on to it unedited.

mod games;
mod table;

use std::path::Path;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, Request, Uri, header},
    response::Response,
};
use dynoxide::Database;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rps_core::Tick;
use tokio::net::TcpListener;

use crate::{StartError, front::aws_error};

/// Headers that speak of one connection, not of the call.
const NOT_PASSED_ON: [HeaderName; 4] = [
    header::HOST,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::EXPECT,
];

/// The running DynamoDB.
pub(crate) struct Dynamo {
    client: Client<HttpConnector, Body>,
    uri: Uri,
    server: tokio::task::JoinHandle<()>,
    unfinished: Vec<Tick>,
}

impl Dynamo {
    /// Opens the data (in memory without a file), sees that the table is there, and listens.
    pub(crate) async fn start(data: Option<&Path>) -> Result<Self, StartError> {
        let database = open(data)?;
        table::ensure(&database).map_err(|why| data_error(data, why))?;
        let unfinished = games::unfinished(&database).map_err(|why| data_error(data, why))?;
        let cannot = |error| StartError::Port(0, error);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(cannot)?;
        let port = listener.local_addr().map_err(cannot)?.port();
        Ok(Self {
            client: client(),
            uri: Uri::try_from(format!("http://127.0.0.1:{port}/"))
                .map_err(|error| StartError::Port(port, std::io::Error::other(error)))?,
            server: tokio::spawn(dynoxide::server::serve_on(listener, database)),
            unfinished,
        })
    }

    /// The clock messages of the games that were in the data at the start.
    pub(crate) fn unfinished(&self) -> &[Tick] {
        &self.unfinished
    }

    /// Passes one call on.
    pub(crate) async fn call(&self, mut headers: HeaderMap, body: Bytes) -> Response {
        for name in NOT_PASSED_ON {
            headers.remove(name);
        }
        let mut request = Request::post(self.uri.clone());
        if let Some(call) = request.headers_mut() {
            *call = headers;
        }
        let answered = match request.body(Body::from(body)) {
            Ok(request) => self
                .client
                .request(request)
                .await
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match answered {
            Ok(answer) => answer.map(Body::new),
            Err(error) => {
                tracing::error!(%error, "dynoxide did not answer");
                aws_error(500, "InternalServerError", "DynamoDB did not answer.")
            }
        }
    }
}

/// Keeps its connections for the next call, and sends at once what is small.
fn client() -> Client<HttpConnector, Body> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).build(connector)
}

impl Drop for Dynamo {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn open(data: Option<&Path>) -> Result<Database, StartError> {
    let Some(file) = data else {
        return Database::memory().map_err(|error| data_error(data, error.to_string()));
    };
    let name = file
        .to_str()
        .ok_or_else(|| data_error(data, "its name is not UTF-8".to_owned()))?;
    Database::new(name).map_err(|error| data_error(data, error.to_string()))
}

fn data_error(data: Option<&Path>, why: String) -> StartError {
    let file = data.unwrap_or(Path::new(":memory:"));
    // What follows the first sentence is advice to programmers.
    let why = why.split(". ").next().map(str::to_owned).unwrap_or(why);
    StartError::Data(file.to_owned(), why)
}

#[cfg(test)]
mod tests {
    use super::Dynamo;
    use crate::StartError;

    fn scratch(name: &str) -> std::path::PathBuf {
        let directory = std::env::temp_dir().join(format!("rps-local-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&directory).unwrap();
        directory.join(name)
    }

    #[tokio::test]
    async fn a_file_with_the_table_in_it_is_opened_again() {
        let file = scratch("rps.db");
        drop(Dynamo::start(Some(&file)).await.unwrap());
        Dynamo::start(Some(&file)).await.unwrap();
        std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    }

    #[tokio::test]
    async fn what_is_not_a_database_is_named_and_left_alone() {
        let file = scratch("letter.txt");
        let letter = "Dear reader, this is no database. ".repeat(200);
        std::fs::write(&file, &letter).unwrap();
        let refused = Dynamo::start(Some(&file)).await.err().unwrap();
        assert!(matches!(&refused, StartError::Data(named, _) if *named == file));
        assert!(!refused.to_string().contains('\n'), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), letter);
        std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    }
}
