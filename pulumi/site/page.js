// Shows the game's state and passes on the player's input.
import { Game, PLAYS, fill, isRoom, seconds } from './game.js';
import { sound, turnOff, turnOn } from './sound.js';
import words from './words.js';

const TAB = 'tab';
const ROOM = '#room=';
const SHAKE_MS = 1000;

const $ = (id) => document.getElementById(id);
const plays = document.querySelectorAll('#plays button');
const isStill = () => matchMedia('(prefers-reduced-motion)').matches;
let game = null;
let releaseLock = null; // Lets another tab play.
let isLocking = false; // The lock request is pending.
let shownScene = '';
let shownRound = '';
let shakes = 0;
let stored = '';

function hand(id, play, name = PLAYS.includes(play) ? play : '') {
  const figure = $(id);
  const label = figure.querySelector('.name');
  if (figure.dataset.hand === play && label.textContent === name) return;
  figure.dataset.hand = play;
  figure.querySelector('use').setAttribute('href', `#hand-${play}`);
  label.textContent = name;
}

function text(id, value) {
  // Screen readers repeat a text that is set again.
  if ($(id).textContent !== value) $(id).textContent = value;
}

function button(id, label) {
  $(id).hidden = !label;
  if (label) text(id, label);
}

function show(state) {
  const { scene, say, why, notice, chosen, kept, wait, isOffered } = state;
  const { dataset } = document.body;
  dataset.scene = scene;
  dataset.outcome = scene === 'over' ? state.outcome : '';
  dataset.reveal = (scene === 'over' && state.reason) || (state.revealEndsAt && 'draw') || '';
  document.title = scene === 'start' ? 'rock paper scissors' : `${say} · rps`;
  text('say', say);
  $('why').ariaLive = scene === 'lost' ? 'off' : 'polite'; // Not the countdown.
  text('why', why);
  text('notice', notice);
  const rival = state.rival === 'bot' ? words.bot : words.rematch;
  button('go', { start: words.play, waiting: isOffered && wait === 'rematch' && words.new, over: words.again, lost: words.now, stopped: state.go }[scene]);
  button('other', { start: words.friend, waiting: isOffered && words.bot, over: rival, stopped: state.other }[scene]);
  const canLeave = ['connecting', 'waiting', 'round', 'lost'].includes(scene);
  button('leave', canLeave && (state.askedAt ? words.forfeit : words.leave));
  const isInviting = scene === 'waiting' && wait === 'friend';
  $('invite').hidden = !isInviting;
  $('plays').ariaHidden = isInviting;
  if (isInviting) text('link', location.href);
  for (const one of plays) {
    one.setAttribute('aria-pressed', one.id === chosen);
    const isOpen = scene === 'start' || (scene === 'round' && !chosen && Date.now() <= state.endsAt);
    one.setAttribute('aria-disabled', !isOpen);
  }
  const drawn = state.rounds.map(({ round, play }) =>
    Object.assign(document.createElement('li'), { textContent: `${round}: ${play}` }));
  $('rounds').replaceChildren(...drawn);
  for (const [name, count] of Object.entries({ ...kept.score, streak: kept.streak })) text(name, String(count));
  store(kept);
  if (scene !== shownScene) enterScene(state);
  const round = `${scene} ${state.round}`;
  if (round !== shownRound) effects(state);
  shownRound = round;
  clock(state);
}

function enterScene({ scene, say }) {
  const isFirst = !shownScene;
  shownScene = scene;
  // The seat is stored, so a reload needs no room.
  if (['start', 'round', 'over'].includes(scene) && !isFirst) history.replaceState(null, '', location.pathname + location.search);
  if (say === words.not_reached) socketUrl().catch(stopIfClosed);
  if (['start', 'over', 'stopped'].includes(scene)) releaseLock?.();
  if (isFirst) return;
  // The focused button may be hidden now.
  const focus = document.activeElement;
  if (scene !== 'over' && focus?.offsetParent && focus !== $('plays')) return;
  ($('go').hidden ? $('plays') : $('go')).focus();
}

// The sound and vibration of a new round or result.
function effects({ scene, outcome, round }) {
  shakes = 0;
  const tune = { over: outcome, round: round > 1 ? 'drawn' : 'started' }[scene];
  if (!tune) return;
  sound(tune);
  if (!isStill()) navigator.vibrate?.(scene === 'over' ? [60, 40, 60] : 40);
}

// Updates the parts that change with time.
function clock({ scene, endsAt, window, retryAt, you, opponent, chosen, revealEndsAt }) {
  const now = Date.now();
  const left = Math.max(0, endsAt - now);
  const shakesNow = scene === 'round' && !revealEndsAt && left < SHAKE_MS && !isStill();
  document.body.toggleAttribute('data-shake', shakesNow);
  if (shakesNow) {
    // Both hands are fists, until they open together.
    hand('you', 'rock', chosen ?? '');
    hand('opponent', 'rock', '');
    for (; left > 0 && shakes < 3 && left <= SHAKE_MS * (1 - shakes / 3); shakes++) sound('shake');
  } else if (['start', 'connecting', 'waiting'].includes(scene) && you === 'none') {
    const step = isStill() ? 0 : Math.floor(now / 700);
    hand('you', PLAYS[step % 3], '');
    hand('opponent', PLAYS[(step + 1) % 3], '');
  } else {
    hand('you', you);
    hand('opponent', opponent);
  }
  if (scene === 'round') {
    text('time', String(Math.ceil(left / 1000)));
    document.body.toggleAttribute('data-hurry', left < 2000);
    $('ring').style.strokeDashoffset = 1 - left / window;
  } else if (scene === 'lost') {
    const time = seconds(Math.max(1, retryAt - now));
    text('why', navigator.onLine ? fill(words.retry, { time }) : words.offline);
  }
}

function store(kept) {
  const now = JSON.stringify(kept);
  if (now === stored) return;
  stored = now;
  try {
    sessionStorage.setItem('kept', now);
  } catch {} // The page says so at its start.
}

// Plays if no other tab plays. `steal` stops the other tab; `both` plays in both.
async function play(wait, { room, both, steal } = {}) {
  if (!navigator.locks || both || game.state.scene === 'waiting') return game.play(wait, room);
  if (isLocking) return;
  isLocking = true;
  const isLocked = await new Promise((resolve) => {
    const hold = (lock) => {
      resolve(lock !== null);
      return lock && new Promise((done) => (releaseLock = done));
    };
    const options = steal ? { steal: true } : { ifAvailable: true };
    // A browser with disabled storage refuses locks too: play without one.
    navigator.locks.request(TAB, options, hold).catch(() => (isLocking ? resolve(true) : stopHere(words.moved)));
  });
  isLocking = false;
  if (isLocked) game.play(wait, room);
  else stopHere(words.elsewhere, words.both);
}

function stopHere(say, other) {
  game.stop(say, { go: words.here, other });
}

async function socketUrl() {
  const answer = await fetch('config.json', { cache: 'no-cache' });
  const { socket, closed } = await answer.json();
  if (closed) throw words.closed;
  const url = new URL(socket, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  if (typeof socket !== 'string' || !url.protocol.startsWith('ws')) throw socket;
  return url.href;
}

function stopIfClosed(why) {
  if (why === words.closed && game.state.scene === 'lost') game.stop(why, { go: words.now });
}

async function start() {
  $('go').hidden = true;
  let kept = null;
  let notice = '';
  try {
    kept = JSON.parse(sessionStorage.getItem('kept'));
  } catch {
    notice = words.no_storage;
  }
  try {
    game = new Game(await socketUrl(), show, kept);
    game.notify(notice);
    enterRoom();
  } catch (why) {
    document.body.dataset.scene = 'stopped';
    text('say', why === words.closed ? why : navigator.onLine ? words.no_config : words.offline);
    button('go', words.now);
  }
}

// Resumes a running game, or joins the room of a link.
function enterRoom() {
  const isIdle = ['start', 'over', 'stopped'].includes(game?.state.scene);
  const room = location.hash.slice(ROOM.length);
  if (!isIdle) return;
  if (game.state.kept.seat) play();
  else if (!location.hash.startsWith(ROOM)) return;
  else if (isRoom(room)) play('friend', { room });
  else game.notify(words.bad_room);
}

function playFriend() {
  const digits = crypto.getRandomValues(new Uint8Array(10));
  const room = Array.from(digits, (it) => 'abcdefghjkmnpqrstuvwxyz234567890'[it % 32]).join('');
  history.replaceState(null, '', ROOM + room);
  play('friend', { room });
}

function press(id) {
  if (game?.state.scene === 'start') play();
  else game?.choose(id);
}

async function share(send, notice = '') {
  try {
    await send();
    game.notify(notice);
  } catch ({ name }) {
    if (name === 'AbortError') return; // The player changed its mind.
    getSelection().selectAllChildren($('link'));
    game.notify(words.not_shared);
  }
}

async function switchSound() {
  const isOn = $('sound').ariaPressed !== 'true';
  if (!isOn) turnOff();
  const plays = isOn && (await turnOn());
  $('sound').ariaPressed = plays;
  game?.notify(isOn && !plays ? words.no_sound : '');
  sound('started');
}

$('go').onclick = () => {
  if (!game) return start();
  const { scene, go } = game.state;
  if (scene === 'lost') return game.retry();
  play('anyone', { steal: scene === 'stopped' && go === words.here });
};
$('other').onclick = () => {
  const { scene, rival, game: id } = game.state;
  if (scene === 'start') playFriend();
  else if (scene === 'stopped') play('anyone', { both: true });
  else if (scene === 'waiting' || rival === 'bot') play('bot');
  else play('rematch', { room: id });
};
$('leave').onclick = () => game.leave();
$('sound').onclick = switchSound;
button('share', navigator.share && words.share);
button('copy', navigator.clipboard && words.copy);
$('share').onclick = () => share(() => navigator.share({ title: document.title, url: location.href }));
$('copy').onclick = () => share(() => navigator.clipboard.writeText(location.href), words.copied);
for (const one of plays) one.onclick = () => press(one.id);
// The second click of a double click could press a button that has just appeared.
addEventListener('click', (event) => event.detail > 1 && event.stopPropagation(), true);
addEventListener('keydown', ({ key, target, repeat, ctrlKey, altKey, metaKey }) => {
  if (repeat || ctrlKey || altKey || metaKey) return;
  if (key === 'Enter' && !target.closest('button:not([aria-disabled=true])') && !$('go').hidden) $('go').click();
  const play = PLAYS.find((it) => it[0] === key.toLowerCase());
  if (play) press(play);
});
addEventListener('hashchange', enterRoom);
addEventListener('online', () => (game ? game.retry() : start()));
// Without this, a page in the back-forward cache would keep the lock.
addEventListener('pagehide', () => releaseLock?.());
setInterval(() => {
  if (!game) return;
  game.tick();
  clock(game.state);
}, 100);
start();
