// Plays one game of rps: node client.js ws://127.0.0.1:4566/ws
let socket, timer, seat, round = 0, tries = 0, sent = { action: "join-game" };
const send = (message) => { sent = message; if (socket.readyState === 1) socket.send(JSON.stringify(message)); };
const end = (code, text) => { console.log(text); process.exit(code); };
const pause = () => 500 * 2 ** Math.min(tries++, 4) * (1 - Math.random() / 2); // Grows to 8 seconds.
function play(next, play = ["rock", "paper", "scissors"][Math.floor(Math.random() * 3)]) {
  if (next <= round) return; // Ignore a repeat.
  [round, tries, timer] = [next, 0, clearTimeout(timer)];
  console.log(`Round ${round}: you play ${play}.`);
  send({ action: "receive-play", play, round });
}
function receive({ type = "error", code = "try-again", you, opponent, ...fields }) { // API Gateway's own errors lack both.
  if (type === "waiting" && !round) console.log("You wait for an opponent.");
  if (type === "game-started") seat ??= fields.seat && { action: "resume-game", game: fields.game, seat: fields.seat };
  if (type === "game-resumed") round = you ? fields.round : fields.round - 1;
  if (["game-started", "game-resumed", "round-drawn"].includes(type)) play(fields.next_round ?? fields.round);
  if (type === "game-over") end(0, `${fields.outcome}, ${fields.reason}: ${you ?? "nothing"} against ${opponent ?? "nothing"}.`);
  if (code === "not-in-a-game") end(1, fields.message); // The game is over.
  if (code === "already-in-a-game") seat = undefined; // Another connection has the seat: do not resume.
  if (type === "error") code === "try-again" ? setTimeout(() => send(sent), pause()) : console.log(fields.message);
}
const lost = () => (seat && tries < 8 ? timer = setTimeout(connect, pause(), clearTimeout(timer)) : end(1, "The connection closed."));
function connect() {
  socket = new WebSocket(process.argv[2]);
  socket.onopen = () => send(seat ?? sent); // In a game, resume.
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onerror = socket.onclose = lost; // Some versions of Node call both.
  if (!seat) timer = setTimeout(() => { socket.onclose = connect; socket.close(); }, 9 * 60_000);
}
connect();
