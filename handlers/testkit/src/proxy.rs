//! A proxy between a client and its server that can be cut.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A proxy to a server. A page that is opened through it also connects its socket through it, because the socket is on
/// the page's host. Dropping it stops it.
pub struct CuttableProxy {
    url: String,
    is_cut: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl CuttableProxy {
    /// Starts a proxy to the server of a page.
    pub async fn to(page: &str) -> Self {
        let server = page.trim_start_matches("http://").trim_end_matches('/');
        let (server, is_cut) = (server.to_owned(), watch::Sender::new(false));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let receiver = is_cut.subscribe();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client, server.clone(), receiver.clone()));
            }
        });
        Self { url, is_cut, task }
    }

    /// The page's URL through this proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of the players' socket through this proxy.
    pub fn socket(&self) -> String {
        format!("{}ws", self.url.replacen("http", "ws", 1))
    }

    /// Closes all connections, and refuses new ones.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// Accepts connections again.
    pub fn restore(&self) {
        self.is_cut.send_replace(false);
    }
}

impl Drop for CuttableProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connect(mut client: TcpStream, server: String, mut is_cut: watch::Receiver<bool>) {
    if *is_cut.borrow() {
        return;
    }
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => (),
        _ = is_cut.wait_for(|is_cut| *is_cut) => (),
    }
}
