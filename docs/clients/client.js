// Plays one game of rps: node client.js ws://127.0.0.1:4566/ws
let socket, resume, turn, round = 0, tries = 0, sent = { action: "join-game" };
const send = (it) => { sent = it; if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(it)); };
const end = (code, text) => { console.log(text); process.exit(code); };
const pause = () => 500 * 2 ** Math.min(tries++, 4) * (1 - Math.random() / 2); // Grows to 8 seconds.
function play(next) {
  if (next <= round) return; // Ignore a repeat.
  send({ action: "receive-play", play: ["rock", "paper", "scissors"][Math.floor(Math.random() * 3)], round: next });
  [round, tries, turn] = [next, 0, sent];
  console.log(`Round ${round}: you play ${turn.play}.`);
}
function receive({ type = "error", code = "try-again", game, seat, ...fields }) { // API Gateway's own errors lack both.
  if (type === "waiting" && !round) console.log("You wait for an opponent.");
  if (type === "game-started") { resume ??= seat && { action: "resume-game", game, seat }; play(fields.round); }
  if (type === "game-resumed" && !fields.you) fields.round > round ? play(fields.round) : send(turn); // It was lost.
  if (type === "round-drawn") play(fields.next_round);
  if (type === "game-over")
    end(0, `${fields.outcome}, ${fields.reason}: ${fields.you ?? "nothing"} against ${fields.opponent ?? "nothing"}.`);
  if (code === "already-in-a-game") resume &&= false; // Another connection has the seat.
  if (code === "not-in-a-game" && sent === resume) end(1, "The game is over.");
  if (type === "error") code === "try-again" ? setTimeout(() => send(sent), pause()) : console.log(fields.message);
}
(async function connect() {
  socket = new WebSocket(process.argv[2]);
  socket.onopen = () => send(resume ?? sent);
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  setTimeout(() => { if (!round) { socket.onclose = connect; socket.close(); } }, 9 * 60_000);
  const { code } = await new Promise((resolve) => { socket.onerror = socket.onclose = resolve; });
  resume && code !== 1000 && tries < 12 ? setTimeout(connect, pause()) : end(1, "The connection closed.");
})();
