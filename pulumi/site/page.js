// Shows the game's state and passes on the player's input.
import { Game, PLAYS, fill, seconds } from './game.js';
import words from './words.js';

const TAB = 'tab';

const $ = (id) => document.getElementById(id);
const plays = document.querySelectorAll('#plays button');
let game = null;
let releaseLock = null; // Lets another tab play.
let isLocking = false; // The lock request is pending.
let shownScene = '';

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
  const { scene, say, why, notice, chosen, score, other } = state;
  document.body.dataset.scene = scene;
  document.body.dataset.outcome = scene === 'over' ? state.outcome : '';
  document.title = scene === 'start' ? 'rock paper scissors' : `${say} · rps`;
  text('say', say);
  $('why').ariaLive = scene === 'lost' ? 'off' : 'polite'; // Not the countdown.
  text('why', why);
  text('notice', notice);
  button('go', { start: words.play, over: words.again, lost: words.now, stopped: state.go }[scene]);
  button('other', scene === 'stopped' && other);
  button('leave', ['connecting', 'waiting', 'round', 'lost'].includes(scene) && words.leave);
  hand('you', state.you);
  hand('opponent', state.opponent);
  for (const one of plays) {
    one.setAttribute('aria-pressed', one.id === chosen);
    one.setAttribute('aria-disabled', scene !== 'round' || Boolean(chosen) || Date.now() > state.endsAt);
  }
  const drawn = state.rounds.map((it) =>
    Object.assign(document.createElement('li'), { textContent: fill(words.drawn, it) }));
  $('rounds').replaceChildren(...drawn);
  for (const [name, count] of Object.entries(score)) text(name, String(count));
  if (scene !== shownScene) enterScene(state);
  clock(state);
}

function enterScene({ scene, say, score }) {
  const isFirst = !shownScene;
  shownScene = scene;
  if (scene === 'over') saveScore(score);
  if (say === words.not_reached) socketUrl().catch(stopIfClosed);
  if (['start', 'over', 'stopped'].includes(scene)) releaseLock?.();
  // The focused button may be hidden now.
  const focus = document.activeElement;
  if (isFirst) return;
  if (focus === document.body || focus.hidden || focus === $('plays')) ($('go').hidden ? $('plays') : $('go')).focus();
}

// Updates the parts that change with time.
function clock({ scene, endsAt, window, retryAt }) {
  const now = Date.now();
  if (scene === 'round') {
    const left = Math.max(0, endsAt - now);
    text('time', String(Math.ceil(left / 1000)));
    document.body.toggleAttribute('data-hurry', left < 2000);
    $('ring').style.strokeDashoffset = 1 - left / window;
  } else if (scene === 'lost') {
    const time = seconds(Math.max(1, retryAt - now));
    text('why', navigator.onLine ? fill(words.retry, { time }) : words.offline);
  } else if (['start', 'connecting', 'waiting'].includes(scene)) {
    const step = matchMedia('(prefers-reduced-motion)').matches ? 0 : Math.floor(now / 700);
    hand('you', PLAYS[step % 3], '');
    hand('opponent', PLAYS[(step + 1) % 3], '');
  }
}

function saveScore(score) {
  try {
    sessionStorage.setItem('score', JSON.stringify(score));
  } catch {} // The storage may be disabled; then a reload resets the score.
}

function savedScore() {
  try {
    return JSON.parse(sessionStorage.getItem('score'));
  } catch {}
}

// Plays if no other tab plays. `steal` stops the other tab; `both` plays in both.
async function play({ both, steal } = {}) {
  if (!navigator.locks || both) return game.play();
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
  if (isLocked) game.play();
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
  try {
    game = new Game(await socketUrl(), show, savedScore());
    show(game.state);
  } catch (why) {
    document.body.dataset.scene = 'stopped';
    text('say', why === words.closed ? why : navigator.onLine ? words.no_config : words.offline);
    button('go', words.now);
  }
}

$('go').onclick = () => {
  if (!game) return start();
  const { scene, go } = game.state;
  if (scene === 'lost') return game.retry();
  play({ steal: scene === 'stopped' && go === words.here });
};
$('other').onclick = () => play({ both: true });
$('leave').onclick = () => game.leave();
for (const one of plays) one.onclick = () => game?.choose(one.id);
addEventListener('keydown', ({ key, target, repeat, ctrlKey, altKey, metaKey }) => {
  if (repeat || ctrlKey || altKey || metaKey) return;
  if (key === 'Enter' && target.tagName !== 'BUTTON' && !$('go').hidden) $('go').click();
  const play = PLAYS.find((it) => it[0] === key.toLowerCase());
  if (play) game?.choose(play);
});
addEventListener('online', () => (game ? game.retry() : start()));
// Without this, a page in the back-forward cache would keep the lock.
addEventListener('pagehide', () => releaseLock?.());
setInterval(() => {
  if (!game) return;
  game.tick();
  clock(game.state);
}, 100);
start();
