// One player's client: turns frames into `state`. Each game has its own connection.
import words from './words.js';

const IDLE_MS = 9 * 60_000; // The gateway closes at 10.
const WAIT_MS = 2 * 3_600_000; // The player has probably left.
const ANSWER_MS = 10_000;
const RESEND_MS = 500;
const HANG_UP_MS = 5_000;
const BYE_MS = 3_000;
const ASLEEP_MS = 120_000; // Hidden pages tick once a minute.
const LATE_MS = 10_000;
const HASTY_MS = 1000; // An earlier Leave is an accident.
const REVEAL_MS = 2_000; // For a drawn round's hands.
const MAX_BACK_OFF_MS = 30_000;

export const PLAYS = ['rock', 'paper', 'scissors'];
const BEATEN = { rock: 'scissors', paper: 'rock', scissors: 'paper' };

const isText = (it) => typeof it === 'string';
const isCount = (it) => Number.isSafeInteger(it) && it >= 0;
const isPlay = (it) => PLAYS.includes(it);
const isHand = (it) => it === null || isPlay(it);
const FIELDS = {
  waiting: {},
  'game-started': { game: isText, round: isCount, play_within_ms: isCount },
  'play-received': { game: isText, round: isCount, play: isPlay },
  'round-drawn': { game: isText, round: isCount, you: isPlay, next_round: isCount, play_within_ms: isCount },
  'game-over': { game: isText, outcome: isText, reason: isText, you: isHand, opponent: isHand },
  error: { code: isText },
};

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function seconds(ms) {
  const count = Math.ceil(ms / 1000);
  return count === 1 ? words.second : fill(words.seconds, { count });
}

function because({ reason, you, opponent }) {
  if (reason === 'plays' && you && opponent) return words.beats[BEATEN[you] === opponent ? you : opponent];
  if (reason === 'draw-limit' && you) return fill(words.twice, { play: you });
  return words.reason[reason] ?? reason;
}

export class Game {
  // `scene`: start, connecting, waiting, round, over, lost, stopped.
  state = {
    scene: 'start', say: words.start, why: '', notice: '',
    you: 'none', opponent: 'none', rounds: [], score: { won: 0, lost: 0, drawn: 0 },
  };
  #socket = null;
  #unanswered = null; // The last message, until its answer.
  #due = null; // The next scheduled action.
  #failures = 0;
  #waitingSince = 0;
  #lateAt = 0;
  #tickedAt = Date.now();

  constructor(url, show, score) {
    this.url = url;
    this.show = show;
    Object.assign(this.state.score, score);
  }

  play() {
    this.#failures = 0;
    this.#waitingSince = Date.now();
    this.#connect();
  }

  retry() {
    const { scene } = this.state;
    if (scene === 'lost') this.#act();
    else if (scene === 'waiting') this.#move(''); // Safari hides a lost connection.
  }

  choose(play) {
    if (this.state.scene !== 'round' || this.state.chosen || Date.now() > this.state.endsAt) return;
    this.#set({ chosen: play, you: play, opponent: 'hidden', say: fill(words.you_play, { play }), why: '', notice: '' });
    this.#send({ action: 'receive-play', play, round: this.state.round });
  }

  leave() {
    const { scene, round, endsAt, window } = this.state;
    if (scene !== 'round') this.stop(words.left, { scene: 'start' });
    else if (round > 1 || Date.now() >= endsAt - window + HASTY_MS) this.stop(words.left_game, { scene: 'start' });
  }

  // Shows the reason.
  stop(say, more) {
    this.#hangUp();
    this.#set({ scene: 'stopped', say, why: '', notice: '', rounds: [], chosen: '', go: words.again, other: '', ...more });
  }

  // Call this a few times a second.
  tick() {
    const now = Date.now();
    const asleep = Math.abs(now - this.#tickedAt) > ASLEEP_MS;
    this.#tickedAt = now;
    const { scene } = this.state;
    const isJoining = ['connecting', 'waiting', 'lost'].includes(scene);
    if (isJoining && now - this.#waitingSince > WAIT_MS) this.stop(words.waited);
    // A frame may still be queued.
    else if (asleep && scene === 'round') this.#after(1000, () => this.stop(words.slept_game));
    else if (asleep && isJoining) this.#move(words.slept);
    else if (this.#due && now >= this.#due.at) this.#act();
    else if (scene === 'round') this.#wait(now);
  }

  #wait(now) {
    const { endsAt, say, opponent, revealEndsAt } = this.state;
    if (opponent !== 'hidden' && now > revealEndsAt) this.#set({ you: 'none', opponent: 'hidden' });
    else if (now > endsAt && say !== words.time_up) this.#set({ say: words.time_up, why: '' });
    else if (now > endsAt + IDLE_MS) this.stop(words.silent);
    else if (now > this.#lateAt) {
      this.#lateAt = now + LATE_MS;
      this.#set({ why: words.late });
      this.#socket?.send('{"action":"join-game"}'); // Restores a lost timer.
    }
  }

  // Never has two connections.
  #move(notice) {
    const old = this.#socket;
    this.#hangUp();
    const due = this.#after(old ? BYE_MS : 0, () => this.#connect(notice));
    if (old) old.onclose = () => this.#due === due && this.#act();
  }

  #connect(notice = '') {
    this.#hangUp();
    const quiet = this.state.scene === 'waiting';
    if (!quiet) this.#set({ scene: 'connecting', say: words.connecting, why: '', rounds: [], chosen: '', you: 'none', opponent: 'none' });
    this.#set({ notice });
    let socket;
    try {
      socket = this.#socket = new WebSocket(this.url);
    } catch {
      return this.#lose(words.not_reached); // `ws:` on an HTTPS page.
    }
    this.#after(ANSWER_MS, () => this.#lose(words.not_reached));
    socket.onopen = () => {
      if (!quiet) this.#set({ say: words.joining });
      this.#send({ action: 'join-game' });
    };
    socket.onmessage = ({ data }) => this.#onFrame(data);
    socket.onclose = () => this.#onClose();
  }

  #onClose() {
    const { scene } = this.state;
    this.#socket = null;
    if (scene === 'over') this.#due = null;
    else if (scene === 'round') this.stop(words.lost, { why: words.lost_game });
    else this.#lose(scene === 'connecting' && !this.#unanswered ? words.not_reached : words.lost);
  }

  // Joins again after a while.
  #lose(say) {
    this.#hangUp();
    const most = Math.min(1000 * 2 ** this.#failures++, MAX_BACK_OFF_MS);
    const delay = most * (1 - Math.random() / 4);
    this.#set({ scene: 'lost', say, why: '', retryAt: Date.now() + delay });
    this.#after(delay, () => this.#connect(this.state.notice));
  }

  #hangUp() {
    const socket = this.#socket;
    this.#socket = this.#unanswered = this.#due = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #after(ms, act) {
    return (this.#due = { at: Date.now() + ms, act });
  }

  #act() {
    const { act } = this.#due;
    this.#due = null;
    act();
  }

  #send(message) {
    this.#unanswered = message;
    this.#socket?.send(JSON.stringify(message));
    if (message.action === 'join-game') this.#after(ANSWER_MS, () => this.#lose(words.silent));
  }

  #onFrame(frame) {
    let message;
    try {
      message = JSON.parse(frame);
    } catch {}
    if (Object(message) !== message || Array.isArray(message)) return this.#set({ notice: words.unreadable });
    // API Gateway's own error has no type.
    const { type } = message.type === undefined ? (message = { type: 'error', code: 'try-again' }) : message;
    const fields = Object.hasOwn(FIELDS, type) ? FIELDS[type] : null;
    if (!fields) return;
    if (!Object.entries(fields).every(([name, is]) => is(message[name]))) return this.#set({ notice: words.unreadable });
    if (type === 'error') this.#onError(message);
    else if (type === 'waiting') this.#onWaiting();
    else if (this.state.scene === 'over') return; // A repeat.
    else if (this.state.scene === 'round' && message.game !== this.state.game) return;
    else if (type === 'game-over') this.#onGameOver(message);
    else if (type === 'play-received') this.#onPlayReceived(message);
    else this.#onRound(message);
  }

  #onWaiting() {
    if (this.#unanswered?.action !== 'join-game') return; // `waiting` came after game-started.
    this.#unanswered = null;
    this.#set({ scene: 'waiting', say: words.waiting, why: words.invite });
    this.#after(IDLE_MS, () => this.#move(''));
  }

  #onRound({ type, game, round: messageRound, you, next_round, play_within_ms: window }) {
    const isDraw = type === 'round-drawn';
    const round = isDraw ? next_round : messageRound;
    const { scene, rounds } = this.state;
    if (scene === 'round' && round <= this.state.round) return;
    this.#unanswered = this.#due = null;
    this.#failures = 0;
    this.#waitingSince = Date.now();
    this.#lateAt = Date.now() + window + LATE_MS;
    const time = seconds(window);
    this.#set({
      scene: 'round', game, round, window, endsAt: Date.now() + window, chosen: null, notice: '',
      you: isDraw ? you : 'none', opponent: isDraw ? you : 'hidden', revealEndsAt: Date.now() + REVEAL_MS,
      say: isDraw ? fill(words.next_round, { round, time }) : fill(words.opponent, { time }),
      why: isDraw ? fill(words.drawn, { round: messageRound, play: you }) : '',
      rounds: isDraw ? [...rounds, { round: messageRound, play: you }] : [],
    });
  }

  #onPlayReceived({ round, play }) {
    if (this.state.scene !== 'round' || round !== this.state.round) return;
    this.#unanswered = this.#due = null;
    this.#set({ chosen: play, you: play, opponent: 'hidden', why: words.locked, notice: '' });
  }

  #onGameOver(message) {
    const { outcome, you, opponent } = message;
    const { score } = this.state;
    this.#unanswered = null;
    if (Object.hasOwn(score, outcome)) score[outcome] += 1;
    const end = fill(words.ending, { outcome: words.outcome[outcome] ?? outcome, reason: because(message) });
    this.#set({ scene: 'over', outcome, say: end, why: '', notice: '', you: you ?? 'none', opponent: opponent ?? 'none' });
    // The server closes first, usually.
    this.#after(HANG_UP_MS, () => this.#hangUp());
  }

  #onError({ code, message }) {
    const sent = this.#unanswered;
    const joining = sent?.action === 'join-game';
    const text = words.refusal[code] ?? message ?? code;
    if (this.state.scene === 'over' && code !== 'too-late') return;
    if (code === 'already-waiting') return this.#onWaiting();
    if (!sent && ['try-again', 'already-in-a-game'].includes(code)) return;
    if (joining && ['bad-request', 'unknown-action'].includes(code)) return this.stop(text);
    this.#set({ notice: text });
    if (code === 'try-again') {
      const most = RESEND_MS << Math.min(this.#failures++, 4);
      this.#after(most * (1 - Math.random() / 2), () => this.#send(sent));
    } else if (!joining) this.#unanswered = null;
    // Its game-started or game-over will arrive.
    else this.#after(LATE_MS, () => this.#send(sent));
  }

  #set(more) {
    Object.assign(this.state, more);
    this.show(this.state);
  }
}
