// One player's client: turns frames into `state`. Each game has its own connection.
import words from './words.js';

const IDLE_MS = 9 * 60_000; // The gateway closes at 10.
const WAIT_MS = 2 * 3_600_000; // The player has probably left.
const ANSWER_MS = 10_000;
const RESEND_MS = 500;
const HANG_UP_MS = 5_000;
const BYE_MS = 3_000;
const GONE_MS = 1_000; // The game-over of a game that has just ended may follow.
const ASLEEP_MS = 120_000; // Hidden pages tick once a minute.
const LATE_MS = 10_000;
const HURRY_MS = 2_000;
const HASTY_MS = 700; // The second click of a double click.
const ASK_MS = 5_000; // For how long Leave asks.
const REVEAL_MS = 1_800; // For a drawn round's hands.
const MAX_BACK_OFF_MS = 30_000;

// To the server, these close codes mean "left on purpose" and "may resume".
const LEAVE = 1000;
const PAUSE = 4000;

export const PLAYS = ['rock', 'paper', 'scissors'];
const BEATEN = { rock: 'scissors', paper: 'rock', scissors: 'paper' };

// Whom a player waits for, and when the page offers the bot.
const WAITS = {
  anyone: { say: words.waiting, why: words.invite, offerMs: 5_000, offer: words.offer_bot },
  friend: { say: words.waiting_friend, why: words.send_link, offerMs: 30_000, offer: words.no_friend },
  rematch: { say: words.waiting_rematch, why: '', offerMs: 15_000, offer: words.no_rematch },
};

const isText = (it) => typeof it === 'string';
const isCount = (it) => Number.isSafeInteger(it) && it >= 0;
const isPlay = (it) => PLAYS.includes(it);
const isHand = (it) => it === null || isPlay(it);
const ROUND = { game: isText, round: isCount, play_within_ms: isCount };
const FIELDS = {
  waiting: {},
  'game-started': ROUND,
  'game-resumed': { ...ROUND, you: isHand },
  'play-received': { game: isText, round: isCount, play: isPlay },
  'round-drawn': { ...ROUND, you: isPlay, next_round: isCount },
  'game-over': { game: isText, outcome: isText, reason: isText, you: isHand, opponent: isHand },
  error: { code: isText },
};

export const isRoom = (it) => /^[\w-]{1,40}$/.test(it);
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
    scene: 'start', say: words.start, why: '', notice: '', you: 'none', opponent: 'none', rounds: [],
    // The page stores this, so that a reload loses nothing. `seat` is set while a game runs.
    kept: { score: { won: 0, lost: 0, drawn: 0 }, streak: 0, seat: null },
  };
  #socket = null;
  #unanswered = null; // The last message, until its answer.
  #due = null; // The next scheduled action.
  #failures = 0;
  #waitingSince = 0;
  #isReplaced = false; // Another connection may have the seat.
  #lateAt = 0;
  #tickedAt = Date.now();

  constructor(url, show, kept) {
    this.url = url;
    this.show = show;
    Object.assign(this.state.kept, kept);
  }

  // `wait`: anyone, friend, rematch or bot. A running game is resumed instead.
  play(wait = 'anyone', room = undefined) {
    this.#failures = 0;
    this.#waitingSince = Date.now();
    const isOpen = this.state.scene === 'waiting' && this.#socket;
    Object.assign(this.state, { wait, room, isOffered: false });
    if (!isOpen) return this.#connect();
    this.#set({ scene: 'connecting', say: words.joining, why: '', notice: '' });
    this.#send(this.#join());
  }

  retry() {
    const { scene } = this.state;
    if (scene === 'lost') this.#act();
    // Safari hides a lost connection.
    else if (scene === 'waiting' || (scene === 'round' && this.#seat)) this.#move('');
  }

  choose(play) {
    if (this.state.scene !== 'round' || this.state.chosen || Date.now() > this.state.endsAt) return;
    this.#set({ chosen: play, you: play, opponent: 'hidden', revealEndsAt: 0, say: fill(words.you_play, { play }), why: '', notice: '' });
    this.#sendPlay();
  }

  // Asks once in a running game.
  leave() {
    const { scene, askedAt, kept } = this.state;
    const isGame = scene === 'round' || kept.seat;
    const askedMs = Date.now() - askedAt;
    if (isGame && !askedAt) return this.#set({ askedAt: Date.now() });
    if (isGame && askedMs < HASTY_MS) return;
    if (isGame) this.#count('lost');
    this.#hangUp(LEAVE);
    this.stop(isGame ? words.left_game : words.left, { scene: 'start', you: 'none', opponent: 'none' });
  }

  // Shows the reason. The seat stays.
  stop(say, more) {
    this.#hangUp();
    this.#set({ scene: 'stopped', say, why: '', notice: '', rounds: [], chosen: '', askedAt: 0, go: words.again, other: '', ...more });
  }

  notify(notice) {
    this.#set({ notice });
  }

  // Call this a few times a second.
  tick() {
    const now = Date.now();
    const asleep = Math.abs(now - this.#tickedAt) > ASLEEP_MS;
    this.#tickedAt = now;
    const { scene, askedAt } = this.state;
    const isJoining = ['connecting', 'waiting', 'lost'].includes(scene);
    if (askedAt && now > askedAt + ASK_MS) this.#set({ askedAt: 0 });
    if (isJoining && now - this.#waitingSince > WAIT_MS) this.stop(words.waited);
    // A frame may still be queued.
    else if (asleep && scene === 'round') this.#after(1000, () => this.#move(''));
    else if (asleep && isJoining) this.#move(words.slept);
    else if (this.#due && now >= this.#due.at) this.#act();
    else if (scene === 'round') this.#playing(now);
    else if (scene === 'waiting') this.#offer(now);
  }

  #offer(now) {
    const wait = WAITS[this.state.wait];
    if (wait && !this.state.isOffered && now >= this.#waitingSince + wait.offerMs) this.#set({ isOffered: true, why: wait.offer });
  }

  #playing(now) {
    const { endsAt, say, why, round, chosen, revealEndsAt, isHurried } = this.state;
    const time = seconds(Math.max(1, endsAt - now));
    if (revealEndsAt && now > revealEndsAt) this.#set({ revealEndsAt: 0, you: 'none', opponent: 'hidden', why: '', say: fill(words.next_round, { round, time }) });
    else if (now > endsAt && say !== words.time_up) this.#set({ say: words.time_up, why: chosen ? why : '' });
    else if (now > endsAt + IDLE_MS) this.#giveUp(words.silent);
    else if (now > this.#lateAt && !this.#due) this.#askLate(now);
    else if (!chosen && !isHurried && now > endsAt - HURRY_MS) this.#set({ isHurried: true, why: fill(words.hurry, { time }) });
  }

  // The join restores a lost timer.
  #askLate(now) {
    this.#lateAt = now + LATE_MS;
    this.#set({ why: words.late });
    this.#socket?.send('{"action":"join-game"}');
    this.#after(ANSWER_MS - 1000, () => this.#lose(words.lost));
  }

  get #seat() {
    return this.state.kept.seat;
  }

  #join() {
    const { wait, room } = this.state;
    return { action: 'join-game', room, opponent: wait === 'bot' ? wait : undefined };
  }

  // Never waits on two connections. A resume replaces the old one.
  #move(notice) {
    const old = this.#seat ? null : this.#socket;
    this.#hangUp();
    const due = this.#after(old ? BYE_MS : 0, () => this.#connect(notice));
    if (old) old.onclose = () => this.#due === due && this.#act();
    else this.#act();
  }

  #connect(notice = '') {
    this.#hangUp();
    const { scene, kept } = this.state;
    if (kept.seat) this.#set({ scene: 'connecting', say: words.resuming, why: '' });
    else if (scene !== 'waiting') this.#set({ scene: 'connecting', say: words.connecting, why: '', rounds: [], chosen: '', you: 'none', opponent: 'none' });
    this.#set({ notice });
    let socket;
    try {
      socket = this.#socket = new WebSocket(this.url);
    } catch {
      return this.#lose(words.not_reached); // `ws:` on an HTTPS page.
    }
    this.#after(ANSWER_MS, () => this.#lose(words.not_reached));
    socket.onopen = () => {
      const { game, seat } = this.#seat ?? {};
      if (seat) return this.#send({ action: 'resume-game', game, seat });
      if (this.state.scene !== 'waiting') this.#set({ say: words.joining });
      this.#send(this.#join());
    };
    socket.onmessage = ({ data }) => this.#onFrame(data);
    socket.onclose = ({ code }) => this.#onClose(code);
  }

  #onClose(code) {
    const { scene } = this.state;
    this.#socket = null;
    if (scene === 'over') this.#due = null;
    else if (this.#isReplaced && code === LEAVE) this.#giveUp(words.replaced);
    else if (scene === 'round' && !this.#seat) this.stop(words.lost); // An earlier release gives no seats.
    else this.#lose(scene === 'connecting' && !this.#unanswered ? words.not_reached : words.lost);
  }

  // Connects again after a while, and in a game at once.
  #lose(say) {
    this.#hangUp();
    const isFirst = this.#seat && !this.#failures;
    const most = Math.min((this.#seat ? 250 : 1000) * 2 ** this.#failures++, MAX_BACK_OFF_MS);
    if (isFirst) return this.#connect(this.state.notice);
    const delay = most * (1 - Math.random() / 4);
    this.#set({ scene: 'lost', say: this.#seat ? words.resuming : say, why: '', retryAt: Date.now() + delay });
    this.#after(delay, () => this.#connect(this.state.notice));
  }

  #giveUp(say) {
    this.state.kept.seat = null;
    this.stop(say);
  }

  #hangUp(code = PAUSE) {
    const socket = this.#socket;
    this.#socket = this.#unanswered = this.#due = null;
    this.#isReplaced = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
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
    if (message.action !== 'receive-play') this.#after(ANSWER_MS, () => this.#lose(words.silent));
  }

  #sendPlay() {
    const { chosen: play, round } = this.state;
    this.#send({ action: 'receive-play', play, round });
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
    const { scene, game } = this.state;
    if (type === 'error') this.#onError(message);
    else if (type === 'waiting') this.#onWaiting();
    else if (scene === 'over') return; // A repeat.
    else if (message.game !== (this.#seat?.game ?? (scene === 'round' ? game : message.game))) return;
    else if (type === 'game-over') this.#onGameOver(message);
    else if (type === 'play-received') this.#onPlayReceived(message);
    else this.#onRound(message);
  }

  #onWaiting() {
    if (this.#unanswered?.action !== 'join-game') return; // `waiting` came after game-started.
    this.#unanswered = null;
    const { say, why, offer } = WAITS[this.state.wait] ?? WAITS.anyone;
    this.#set({ scene: 'waiting', say, why: this.state.isOffered ? offer : why });
    this.#after(IDLE_MS, () => this.#move(''));
  }

  #onRound(message) {
    const { type, game, you, seat, play_within_ms: window, opponent: rival } = message;
    const isDraw = type === 'round-drawn';
    const isResumed = type === 'game-resumed';
    const round = isDraw ? message.next_round : message.round;
    const { scene, rounds, chosen, kept } = this.state;
    if (scene === 'round' && round <= this.state.round) return;
    this.#unanswered = this.#due = null;
    this.#failures = 0;
    const now = Date.now();
    this.#waitingSince = now;
    this.#lateAt = now + window + LATE_MS;
    const time = seconds(window);
    if (seat) kept.seat = { game, seat, rival };
    Object.assign(this.state, { scene: 'round', game, endsAt: now + window, notice: '', rival: this.#seat?.rival ?? rival, isEarly: message.decide_early ?? this.state.isEarly });
    if (isResumed) return this.#onResumed(round, you, chosen, window, time);
    this.#set({
      round, window, chosen: null, askedAt: 0, isHurried: false, you: isDraw ? you : 'none', opponent: isDraw ? you : 'hidden',
      say: isDraw ? fill(words.drawn, { round: message.round, play: you }) : fill(rival === 'bot' ? words.against_bot : words.opponent, { time }),
      why: '', revealEndsAt: isDraw ? now + REVEAL_MS : 0, rounds: isDraw ? [...rounds, { round: message.round, play: you }] : [],
    });
  }

  #onResumed(round, you, chosen, rest, time) {
    const isSame = round === this.state.round;
    const play = you ?? (isSame && chosen) ?? null;
    this.#set({
      round, window: isSame ? this.state.window : rest, chosen: play || null, you: play || 'none', opponent: 'hidden', revealEndsAt: 0,
      say: play ? fill(words.you_play, { play }) : fill(words.next_round, { round, time }), why: you ? this.#locked : words.resumed,
    });
    if (play && !you) this.#sendPlay(); // It was lost.
  }

  get #locked() {
    return this.state.isEarly ? words.locked_early : words.locked;
  }

  #onPlayReceived({ round, play }) {
    if (this.state.scene !== 'round' || round !== this.state.round) return;
    this.#unanswered = this.#due = null;
    this.#set({ chosen: play, you: play, opponent: 'hidden', revealEndsAt: 0, why: this.#locked, notice: '' });
  }

  #onGameOver(message) {
    const { game, outcome, reason, you, opponent } = message;
    const { chosen, rival } = this.state;
    this.#unanswered = null;
    const end = fill(words.ending, { outcome: words.outcome[outcome] ?? outcome, reason: because(message) });
    const isLate = chosen && !you && ['you-did-not-play', 'nobody-played'].includes(reason);
    this.#set({
      scene: 'over', outcome, reason, say: end, why: isLate ? fill(words.not_in_time, { play: chosen }) : '', notice: '', game,
      rival: this.#seat?.rival ?? rival, you: you ?? 'none', opponent: opponent ?? 'none', askedAt: 0,
    });
    this.#count(outcome);
    // The server closes first, usually.
    this.#after(HANG_UP_MS, () => this.#hangUp());
  }

  // Ends the game in the player's score.
  #count(outcome) {
    const { kept } = this.state;
    if (Object.hasOwn(kept.score, outcome)) kept.score[outcome] += 1;
    if (outcome === 'won') kept.streak += 1;
    if (outcome === 'lost') kept.streak = 0;
    kept.seat = null;
    this.#set({});
  }

  #onError({ code, message }) {
    const sent = this.#unanswered;
    const isJoin = sent?.action === 'join-game';
    const isResume = sent?.action === 'resume-game';
    const text = words.refusal[code] ?? message ?? code;
    if (this.state.scene === 'over' && code !== 'too-late') return;
    if (code === 'already-waiting' && isJoin) return this.#onWaiting();
    if (!sent && code === 'already-in-a-game') {
      this.#isReplaced = !this.#due; // Else it answers a late join.
      this.#due = null;
    }
    if (!sent && ['try-again', 'already-in-a-game'].includes(code)) return;
    if (code === 'try-again') {
      this.#set({ notice: text });
      const most = RESEND_MS << Math.min(this.#failures++, 4);
      return this.#after(most * (1 - Math.random() / 2), () => this.#send(sent));
    }
    if (isResume) return this.#after(code === 'not-in-a-game' ? GONE_MS : 0, () => this.#giveUp(words.gone));
    if (isJoin && ['bad-request', 'unknown-action'].includes(code)) return this.stop(text);
    const { chosen: play } = this.state;
    this.#set({ notice: code === 'too-late' && play ? fill(words.not_in_time, { play }) : text });
    if (!isJoin) this.#unanswered = null;
    // Its game-started or game-over will arrive.
    else this.#after(LATE_MS, () => this.#send(sent));
  }

  #set(more) {
    Object.assign(this.state, more);
    this.show(this.state);
  }
}
