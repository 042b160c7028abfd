// Plays one game of rps: node client.js ws://127.0.0.1:4566/ws
let socket, idle, round = 0, tries = 0, sent = { action: "join-game" };
function connect() {
  socket = new WebSocket(process.argv[2]);
  socket.onopen = () => send(sent);
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onerror = socket.onclose = () => end(1, "The connection closed.");
  idle = setTimeout(() => { socket.onclose = connect; socket.close(); }, 9 * 60_000);
}
const send = (message) => { sent = message; socket.send(JSON.stringify(message)); };
const end = (code, text) => { console.log(text); process.exit(code); };
const pause = () => 500 * 2 ** Math.min(tries++, 4) * (1 - Math.random() / 2); // Grows to 8 seconds.

function play(next) {
  if (next <= round) return; // Ignore a repeat.
  clearTimeout(idle);
  [round, tries] = [next, 0];
  const play = ["rock", "paper", "scissors"][Math.floor(Math.random() * 3)];
  console.log(`Round ${round}: you play ${play}.`);
  send({ action: "receive-play", play, round });
}
function receive({ type = "error", code = "try-again", ...fields }) { // API Gateway's own errors lack both.
  if (type === "waiting" && !round) console.log("You wait for an opponent.");
  if (type === "game-started") play(fields.round);
  if (type === "round-drawn") play(fields.next_round);
  if (type === "game-over")
    end(0, `${fields.outcome}, ${fields.reason}: ${fields.you ?? "nothing"} against ${fields.opponent ?? "nothing"}.`);
  if (type === "error") code === "try-again" ? setTimeout(() => send(sent), pause()) : console.log(fields.message);
}
connect();
