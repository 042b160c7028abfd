# Plays one game of rps: python client.py ws://127.0.0.1:4566/ws (after pip install websockets)
import json, random, sys, time, websockets.sync.client
socket, delay, current, tries, resume, sent = None, 0, 0, 0, None, {"action": "join-game"}
while True:
    pause = 0.5 * 2 ** min(tries, 4) * random.uniform(0.5, 1)  # Grows to 8 seconds.
    try:
        socket = socket or websockets.sync.client.connect(sys.argv[1], ping_interval=None)
        if delay == 0: socket.send(json.dumps(sent))
        delay = delay or None  # Without a delay, send nothing again.
        match it := json.loads(socket.recv(timeout=delay or (None if current else 9 * 60))):
            case {"type": "waiting"} if not current: print("You wait for an opponent.")
            case ({"type": "game-started", "round": n} | {"type": "round-drawn", "next_round": n}
                  | {"type": "game-resumed", "round": n, "you": None}) if n > current:
                turn = {"action": "receive-play", "play": random.choice(["rock", "paper", "scissors"]), "round": n}
                current, sent, delay, tries = n, turn, 0, 0
                resume = resume or it.get("seat") and {"action": "resume-game", "game": it["game"], "seat": it["seat"]}
                print(f"Round {n}: you play {turn['play']}.")
            case {"type": "game-resumed", "you": None}: sent, delay = turn, 0  # The play was lost.
            case {"type": "game-over"}: break
            case {"code": "not-in-a-game"} if sent is resume: sys.exit("The game is over.")
            case {"code": "already-in-a-game"}: resume = None  # Another connection has the seat.
            case {"type": "error", "code": code, "message": text} if code != "try-again": print(text)
            case _ if it.get("type", "error") == "error": delay, tries = pause, tries + 1  # API Gateway's lacks a type.
    except (OSError, websockets.WebSocketException) as error:
        if socket and isinstance(error, TimeoutError): socket, delay = socket if delay else socket.close(), 0
        elif not resume or tries >= 12 or socket and socket.close_code == 1000: sys.exit("The connection closed.")
        else:
            socket, sent, delay, tries = None, resume, 0, tries + 1
            time.sleep(pause)
print(f"{it['outcome']}, {it['reason']}: {it['you'] or 'nothing'} against {it['opponent'] or 'nothing'}.")
