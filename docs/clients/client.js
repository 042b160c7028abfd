// Plays one game of rps: node client.js ws://127.0.0.1:4566/ws
let socket, idle, round = 0, sent = { action: "join-game" };

function connect() {
  socket = new WebSocket(process.argv[2]);
  socket.onopen = () => send(sent);
  socket.onmessage = ({ data }) => hear(JSON.parse(data));
  socket.onerror = socket.onclose = () => end(1, "The connection closed.");
  idle = setTimeout(() => { socket.onclose = connect; socket.close(); }, 9 * 60_000);
}
const send = (message) => { sent = message; socket.send(JSON.stringify(message)); };
const end = (code, words) => { console.log(words); process.exit(code); };

function play(next) {
  if (next <= round) return; // A repeat.
  clearTimeout(idle);
  round = next;
  const play = ["rock", "paper", "scissors"][Math.floor(Math.random() * 3)];
  console.log(`Round ${round}: you play ${play}.`);
  send({ action: "receive-play", play, round });
}
function hear({ type = "error", code = "try-again", ...it }) { // API Gateway's own error has neither.
  if (type === "waiting" && !round) console.log("You wait for an opponent.");
  if (type === "game-started") play(it.round);
  if (type === "round-drawn") play(it.next_round);
  if (type === "game-over")
    end(0, `${it.outcome}, ${it.reason}: ${it.you ?? "nothing"} against ${it.opponent ?? "nothing"}.`);
  if (type === "error") code === "try-again" ? setTimeout(() => send(sent), 500) : console.log(it.message);
}
connect();
