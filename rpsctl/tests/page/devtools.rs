//! Chromium's `DevTools` protocol, with one socket for all tabs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A call's result, or Chromium's error message.
pub(crate) type Answer = Result<Value, String>;

/// All events of each session so far.
type Events = Arc<Mutex<HashMap<String, watch::Sender<Vec<Value>>>>>;

struct Call {
    message: Value,
    answer: oneshot::Sender<Answer>,
}

pub(crate) struct DevTools {
    calls: mpsc::UnboundedSender<Call>,
    events: Events,
}

impl DevTools {
    /// Connects. The current runtime runs the connection.
    pub(crate) async fn connect(url: &str) -> Self {
        let (socket, _) = connect_async(url).await.expect("Chromium accepts");
        let (calls, queue) = mpsc::unbounded_channel();
        let events = Events::default();
        tokio::spawn(exchange(socket, queue, Arc::clone(&events)));
        Self { calls, events }
    }

    /// Calls a method of the browser.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Answer {
        self.send(json!({ "method": method, "params": params }))
            .await
    }

    async fn send(&self, message: Value) -> Answer {
        let (answer, receiver) = oneshot::channel();
        // If the connection has ended, the receiver below reports it.
        let _ = self.calls.send(Call { message, answer });
        receiver
            .await
            .unwrap_or_else(|_| Err("Chromium has ended".to_owned()))
    }
}

/// A tab of the browser.
pub(crate) struct Tab {
    devtools: Arc<DevTools>,
    session: String,
    events: watch::Receiver<Vec<Value>>,
}

impl Tab {
    /// Opens an empty tab that shares storage and locks with its context's other tabs.
    pub(crate) async fn open(devtools: Arc<DevTools>, context: &str) -> Self {
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = devtools.call("Target.createTarget", target).await;
        let target = json!({ "targetId": target.expect("a tab")["targetId"], "flatten": true });
        let session = devtools.call("Target.attachToTarget", target).await;
        let session = session.expect("a session")["sessionId"]
            .as_str()
            .expect("an id")
            .to_owned();
        let (sender, events) = watch::channel(Vec::new());
        devtools
            .events
            .lock()
            .expect("no panic")
            .insert(session.clone(), sender);
        let tab = Self {
            devtools,
            session,
            events,
        };
        for domain in ["Log", "Network", "Page", "Runtime"] {
            let enabled = tab.call(&format!("{domain}.enable"), json!({})).await;
            enabled.expect("a domain of the protocol");
        }
        tab
    }

    /// Calls a method of the tab.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Answer {
        let message = json!({ "method": method, "params": params, "sessionId": self.session });
        self.devtools.send(message).await
    }

    /// Calls a method that loads a page, and waits for its load event.
    pub(crate) async fn load(&self, method: &str, params: Value) -> Result<(), String> {
        let loads = |events: &Vec<Value>| {
            events
                .iter()
                .filter(|event| event["method"] == "Page.loadEventFired")
                .count()
        };
        let before = loads(&self.events());
        let answer = self.call(method, params).await?;
        if let Some(error) = answer["errorText"].as_str() {
            return Err(error.to_owned());
        }
        let mut events = self.events.clone();
        let loaded = events.wait_for(|events| loads(events) > before).await;
        loaded
            .map(drop)
            .map_err(|_| "Chromium has ended".to_owned())
    }

    /// All events so far.
    pub(crate) fn events(&self) -> watch::Ref<'_, Vec<Value>> {
        self.events.borrow()
    }
}

/// Sends calls, returns answers by their ids, and records events by their sessions, until either side ends.
async fn exchange(
    mut socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    mut calls: mpsc::UnboundedReceiver<Call>,
    events: Events,
) {
    let mut waiting = HashMap::new();
    for id in 1_u64.. {
        let call = loop {
            tokio::select! {
                call = calls.recv() => break call,
                frame = socket.next() => {
                    let Some(Ok(frame)) = frame else { return };
                    let message = frame.to_text().ok().and_then(|text| serde_json::from_str(text).ok());
                    take(message.unwrap_or_default(), &mut waiting, &events);
                }
            }
        };
        let Some(Call {
            mut message,
            answer,
        }) = call
        else {
            return;
        };
        message["id"] = id.into();
        waiting.insert(id, answer);
        if socket
            .send(Message::text(message.to_string()))
            .await
            .is_err()
        {
            return;
        }
    }
}

fn take(mut message: Value, waiting: &mut HashMap<u64, oneshot::Sender<Answer>>, events: &Events) {
    if let Some(id) = message["id"].as_u64() {
        let answer = match message["error"]["message"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(message["result"].take()),
        };
        // It fails only if the test has ended.
        let _ = waiting.remove(&id).map(|waits| waits.send(answer));
    } else if let Some(session) = message["sessionId"].as_str() {
        let events = events.lock().expect("no panic");
        if let Some(events) = events.get(session) {
            events.send_modify(|events| events.push(message));
        }
    }
}
