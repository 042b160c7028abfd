// Short sounds, generated in code. Off until the player turns them on.
const START_MS = 1000;
// Each note: frequency in Hz, start in seconds.
const TUNES = {
  started: [[523, 0], [784, 0.12]], shake: [[196, 0]], drawn: [[392, 0], [392, 0.15]],
  won: [[523, 0], [659, 0.12], [784, 0.24], [1047, 0.36]], lost: [[392, 0], [330, 0.15], [262, 0.3]],
};
let audio = null;

// Returns whether the browser allows sound. Call this when the player clicks.
export async function turnOn() {
  try {
    audio ??= new AudioContext();
    await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, START_MS))]);
  } catch {}
  if (audio?.state !== 'running') audio = null;
  return audio !== null;
}

export function turnOff() {
  audio?.close();
  audio = null;
}

export function sound(tune) {
  for (const [hertz, after] of (audio && TUNES[tune]) || []) {
    const at = audio.currentTime + after;
    const tone = new OscillatorNode(audio, { type: 'triangle', frequency: hertz });
    const volume = new GainNode(audio, { gain: 0.2 });
    volume.gain.setValueAtTime(0.2, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.2);
  }
}
