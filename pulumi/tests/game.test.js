// Tests of the page's game.js in Node.js: node --test pulumi/tests/game.test.js
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Game, isRoom, seconds } from '../site/game.js';
import words from '../site/words.js';

const SEAT = '0'.repeat(31) + '1';
const TICK_MS = 100;
const ROUND = { game: 'g', round: 1, play_within_ms: 5000 };
const STARTED = { type: 'game-started', ...ROUND, max_rounds: 5, decide_early: false, opponent: 'player', seat: SEAT };
const RESUMED = { ...STARTED, type: 'game-resumed', you: null };
const DRAWN = { type: 'round-drawn', ...ROUND, you: 'rock', opponent: 'rock', next_round: 2 };
const OVER = { type: 'game-over', game: 'g', rounds: 1, outcome: 'won', reason: 'plays', you: 'rock', opponent: 'scissors' };
const RESUME = { action: 'resume-game', game: 'g', seat: SEAT };
const JOIN = { action: 'join-game' };

// The server's end of the page's connections.
let sockets = [];
globalThis.WebSocket = class {
  sent = [];
  closed = null;
  constructor() {
    sockets.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close(code) {
    this.closed = code;
  }
  open() {
    this.onopen();
    return this;
  }
  tell(...messages) {
    for (const message of messages) this.onmessage({ data: JSON.stringify(message) });
    return this;
  }
  refuse(code) {
    return this.tell({ type: 'error', code, message: 'a text' });
  }
  break(code = 1006) {
    this.onclose({ code });
  }
  get last() {
    return this.sent.at(-1);
  }
};

const socket = () => sockets.at(-1);
const create = (kept) => new Game('ws://game', () => {}, kept);

beforeEach(() => {
  sockets = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
});

// Time passes as in a page that is awake.
function pass(game, ms) {
  for (let passed = 0; passed < ms; passed += TICK_MS) {
    mock.timers.tick(TICK_MS);
    game.tick();
  }
}

function waiting(wait, room) {
  const game = create();
  game.play(wait, room);
  socket().open().tell({ type: 'waiting' });
  return game;
}

function playing(started = STARTED) {
  const game = waiting();
  socket().tell(started);
  return game;
}

const shows = ({ state }, expected) => assert.deepEqual({ ...state, ...expected }, state);

test('a lost connection resumes at once, and a lost play is sent again', () => {
  const game = playing();
  game.choose('rock');
  socket().break();
  shows(game, { scene: 'connecting', say: words.resuming, you: 'rock' });
  assert.equal(sockets.length, 2);
  socket().open();
  assert.deepEqual(socket().sent, [RESUME]);
  socket().tell({ ...RESUMED, play_within_ms: 3000 });
  assert.deepEqual(socket().last, { action: 'receive-play', play: 'rock', round: 1 });
  shows(game, { scene: 'round', chosen: 'rock', window: 5000, endsAt: Date.now() + 3000 });
  socket().tell({ type: 'play-received', game: 'g', round: 1, play: 'rock' }, OVER);
  shows(game, { scene: 'over', outcome: 'won', why: '' });
});

test('a reload resumes the game, and shows the play that counts', () => {
  const { kept } = playing().state;
  const game = create(JSON.parse(JSON.stringify(kept)));
  game.play();
  socket().open();
  assert.deepEqual(socket().sent, [RESUME]);
  socket().tell({ ...RESUMED, round: 2, you: 'paper' });
  shows(game, { scene: 'round', round: 2, chosen: 'paper', you: 'paper', why: words.locked });
  assert.equal(socket().sent.length, 1);
});

test('the next round does not repeat a play of the round before', () => {
  const game = playing();
  game.choose('rock');
  socket().break();
  socket().open().tell({ ...RESUMED, round: 2 });
  shows(game, { chosen: null, you: 'none' });
  assert.equal(socket().sent.length, 1);
});

test('resuming is tried again with growing delays until the server answers', () => {
  const game = playing();
  socket().break();
  for (const ms of [500, 1000, 2000]) {
    const count = sockets.length;
    socket().break();
    shows(game, { scene: 'lost', say: words.resuming });
    pass(game, ms * 0.75 - TICK_MS);
    assert.equal(sockets.length, count);
    pass(game, ms * 0.25 + TICK_MS);
    assert.equal(sockets.length, count + 1);
  }
  socket().open().refuse('try-again');
  pass(game, 8000);
  assert.deepEqual(socket().sent, [RESUME, RESUME]);
  socket().tell(RESUMED);
  shows(game, { scene: 'round', say: words.next_round.replace('{round}', 1).replace('{time}', seconds(5000)), why: words.resumed });
});

test('a game that ended meanwhile is told, or its end is', () => {
  for (const end of [null, OVER]) {
    const game = playing();
    socket().break();
    socket().open().refuse('not-in-a-game');
    pass(game, 500);
    if (end) socket().tell(end);
    pass(game, 1000 + TICK_MS);
    shows(game, end ? { scene: 'over', outcome: 'won' } : { scene: 'stopped', say: words.gone });
    assert.equal(game.state.kept.seat, null);
    assert.equal(game.state.kept.score.won, end ? 1 : 0);
  }
});

test('a page whose seat another connection took says so and stops', () => {
  const game = playing();
  socket().refuse('already-in-a-game');
  socket().break(1000);
  shows(game, { scene: 'stopped', say: words.replaced });
  assert.equal(game.state.kept.seat, null);
  assert.equal(sockets.length, 1);
});

test('a late outcome is asked for, and a silent connection is replaced', () => {
  const game = playing();
  pass(game, 15_000 + TICK_MS);
  assert.deepEqual(socket().last, JOIN);
  socket().refuse('already-in-a-game');
  socket().break(1000); // The answer to the join says nothing about the seat.
  shows(game, { say: words.resuming });
  socket().open().tell({ ...RESUMED, play_within_ms: 0 });
  pass(game, 10_000 + TICK_MS);
  assert.deepEqual(socket().last, JOIN);
  pass(game, 9_000);
  assert.equal(sockets.length, 3);
});

test('a machine that slept resumes its game', () => {
  const game = playing();
  const before = socket();
  mock.timers.tick(200_000);
  game.tick();
  pass(game, 1000);
  assert.equal(before.closed, 4000, 'not on purpose');
  assert.deepEqual(socket().open().sent, [RESUME]);
});

test('leave asks once in a game, and the game counts as lost', () => {
  const game = playing();
  game.state.kept.streak = 3;
  game.leave();
  shows(game, { scene: 'round', askedAt: Date.now() });
  game.leave(); // A double click.
  shows(game, { scene: 'round' });
  pass(game, 6000);
  shows(game, { scene: 'round', askedAt: 0 });
  game.leave();
  pass(game, 1000);
  const { kept } = game.state;
  const before = socket();
  game.leave();
  assert.equal(before.closed, 1000, 'on purpose');
  shows(game, { scene: 'start', say: words.left_game, you: 'none', opponent: 'none' });
  assert.deepEqual(kept, { score: { won: 0, lost: 1, drawn: 0 }, streak: 0, seat: null });
});

test('without a game leave does not ask', () => {
  const game = waiting();
  game.leave();
  shows(game, { scene: 'start', say: words.left });
});

test('a player who waits is offered the bot, on the same connection', () => {
  for (const [wait, ms, why, offer] of [
    ['anyone', 5000, words.invite, words.offer_bot],
    ['friend', 30_000, words.send_link, words.no_friend],
    ['rematch', 15_000, '', words.no_rematch],
  ]) {
    const game = waiting(wait, wait === 'anyone' ? undefined : 'room');
    assert.equal(socket().last.room, wait === 'anyone' ? undefined : 'room');
    pass(game, ms - TICK_MS);
    shows(game, { scene: 'waiting', why, isOffered: false });
    pass(game, TICK_MS);
    shows(game, { scene: 'waiting', why: offer, isOffered: true });
    const count = sockets.length;
    game.play('bot');
    assert.deepEqual(socket().last, { ...JOIN, opponent: 'bot' });
    assert.equal(sockets.length, count);
    // Somebody has just joined the player.
    socket().refuse('already-in-a-game').tell(STARTED);
    shows(game, { scene: 'round', rival: 'player' });
  }
});

test('a waiting player who reconnects keeps its room', () => {
  const game = waiting('friend', 'room');
  socket().break();
  pass(game, 1000);
  assert.deepEqual(socket().open().sent, [{ ...JOIN, room: 'room' }]);
  socket().tell({ type: 'waiting' });
  shows(game, { scene: 'waiting', say: words.waiting_friend });
});

test('a draw has its moment, and then the next round is announced', () => {
  const game = playing();
  socket().tell(DRAWN);
  shows(game, { say: 'Round 1: rock twice, a draw.', you: 'rock', opponent: 'rock', chosen: null });
  pass(game, 2000);
  shows(game, { say: 'Round 2: 4 seconds to play.', you: 'none', opponent: 'hidden' });
  socket().tell({ ...DRAWN, round: 2, next_round: 3 });
  game.choose('paper');
  pass(game, 2000);
  shows(game, { say: 'You play paper.', you: 'paper' });
});

test('the remaining time is announced once, to a player who has not played', () => {
  const game = playing();
  const said = [];
  game.show = ({ why }) => said.at(-1) === why || said.push(why);
  pass(game, 4900);
  assert.deepEqual(said, ['2 seconds left.']);
  const other = playing();
  other.choose('rock');
  pass(other, 4900);
  shows(other, { why: '' });
});

test('a play that arrived too late is named', () => {
  const game = playing();
  game.choose('rock');
  socket().refuse('too-late');
  shows(game, { notice: 'Your rock did not arrive in time.' });
  socket().tell({ ...OVER, outcome: 'lost', reason: 'you-did-not-play', you: null });
  shows(game, { scene: 'over', why: 'Your rock did not arrive in time.' });
});

test('an early end is announced to a player who has played', () => {
  const game = playing({ ...STARTED, decide_early: true, opponent: 'bot' });
  shows(game, { say: 'You play the bot. 5 seconds to play.', rival: 'bot' });
  game.choose('rock');
  socket().tell({ type: 'play-received', game: 'g', round: 1, play: 'rock' });
  shows(game, { why: words.locked_early });
});

test('wins in a row are counted until a loss', () => {
  let kept = null;
  for (const [outcome, streak] of [['won', 1], ['won', 2], ['drawn', 2], ['abandoned', 2], ['lost', 0], ['won', 1]]) {
    const game = create(kept);
    game.play();
    socket().open().tell(STARTED, { ...OVER, outcome });
    ({ kept } = game.state);
    assert.equal(kept.streak, streak);
  }
  assert.deepEqual(kept.score, { won: 3, lost: 1, drawn: 1 });
});

test('messages about another game change nothing', () => {
  const game = playing();
  socket().tell({ ...OVER, game: 'other' }, { ...DRAWN, game: 'other' });
  shows(game, { scene: 'round', round: 1 });
});

test('a game without a seat cannot be resumed', () => {
  const game = playing({ ...STARTED, seat: null });
  socket().break();
  shows(game, { scene: 'stopped', say: words.lost });
});

test('a room code has 1 to 40 letters, digits, - and _', () => {
  for (const room of ['a', 'Z9-_', 'x'.repeat(40)]) assert.ok(isRoom(room), room);
  for (const room of ['', 'a b', 'ä', 'x'.repeat(41), 'a\n', '%20']) assert.ok(!isRoom(room), room);
});
