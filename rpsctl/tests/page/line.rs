//! The line between a page and its server, which can be cut.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The line to a server. A page that is opened through it has its socket through it, too, because the socket is on the
/// host of the page. It ends when it is dropped.
pub(crate) struct Line {
    url: String,
    is_cut: watch::Sender<bool>,
    passing: JoinHandle<()>,
}

impl Line {
    /// A line to the page at that URL.
    pub(crate) async fn to(page: &str) -> Self {
        let server = page.trim_start_matches("http://").trim_end_matches('/');
        let (server, is_cut) = (server.to_owned(), watch::Sender::new(false));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let told = is_cut.subscribe();
        let passing = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client, server.clone(), told.clone()));
            }
        });
        Self {
            url,
            is_cut,
            passing,
        }
    }

    /// The page, by this line.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends all connections, and lets no new one through.
    pub(crate) fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// Makes it whole again.
    pub(crate) fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.passing.abort();
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
