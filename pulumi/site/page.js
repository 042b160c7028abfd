// The page: shows a game's state, and hands it what the player does.
import { Game, PLAYS, fill, seconds } from './game.js';
import words from './words.js';

const KEYS = { r: 'rock', p: 'paper', s: 'scissors' };
const TAB = 'the one tab that plays';

const $ = (id) => document.getElementById(id);
const plays = document.querySelectorAll('#plays button');
let game = null;
let letGo = null; // Lets another tab play.
let asking = false; // Whether another tab plays.
let shown = ''; // The scene on the page.

function hand(id, play, name = PLAYS.includes(play) ? play : '') {
  const figure = $(id);
  const label = figure.querySelector('.name');
  if (figure.dataset.hand === play && label.textContent === name) return;
  figure.dataset.hand = play;
  figure.querySelector('use').setAttribute('href', `#hand-${play}`);
  label.textContent = name;
}

function text(id, value) {
  // What is set again is read again.
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
  $('why').ariaLive = scene === 'lost' ? 'off' : 'polite'; // Nobody wants to hear seconds counted.
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
  const drawn = state.rounds.map(({ round, play }) => {
    const line = document.createElement('li');
    line.textContent = fill(words.drawn, { round, play });
    return line;
  });
  $('rounds').replaceChildren(...drawn);
  for (const [name, count] of Object.entries(score)) text(name, String(count));
  if (scene !== shown) entered(scene, score);
  clock(state);
}

function entered(scene, score) {
  const first = !shown;
  shown = scene;
  if (scene === 'over') remember(score);
  if (['start', 'over', 'stopped'].includes(scene)) letGo?.();
  // The button that had the focus may be gone.
  const focus = document.activeElement;
  if (first) return;
  if (focus === document.body || focus.hidden || focus === $('plays')) ($('go').hidden ? $('plays') : $('go')).focus();
}

// What changes with time alone.
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

function remember(score) {
  try {
    sessionStorage.setItem('score', JSON.stringify(score));
  } catch {} // It may be switched off; then a reload begins anew.
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem('score'));
  } catch {}
}

// Plays, if no other tab does. `how`: what of the other tab.
async function play(how = {}) {
  if (!navigator.locks || how.both) return game.play();
  if (asking) return;
  asking = true;
  const held = await new Promise((resolve) => {
    const hold = (lock) => {
      resolve(lock !== null);
      return lock && new Promise((done) => (letGo = done));
    };
    const options = how.steal ? { steal: true } : { ifAvailable: true };
    // Who keeps nothing here has no locks either.
    navigator.locks.request(TAB, options, hold).catch(() => (asking ? resolve(true) : away(words.moved)));
  });
  asking = false;
  if (held) game.play();
  else away(words.elsewhere, words.both);
}

function away(say, other) {
  game.stop(say, 'stopped', { go: words.here, other });
}

async function socket() {
  const answer = await fetch('config.json', { cache: 'no-cache' });
  const { socket } = await answer.json();
  const url = new URL(socket, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  if (typeof socket !== 'string' || !url.protocol.startsWith('ws')) throw new Error(socket);
  return url.href;
}

async function start() {
  $('go').hidden = true;
  try {
    game = new Game(await socket(), show, remembered());
    show(game.state);
  } catch {
    document.body.dataset.scene = 'stopped';
    text('say', navigator.onLine ? words.no_config : words.offline);
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
  const play = KEYS[key.toLowerCase()];
  if (play) game?.choose(play);
});
addEventListener('online', () => (game ? game.retry() : start()));
// Else a page kept to come back to holds the lock.
addEventListener('pagehide', () => letGo?.());
setInterval(() => {
  if (!game) return;
  game.tick();
  clock(game.state);
}, 100);
start();
