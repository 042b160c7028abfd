# Plays one game of rps: python client.py ws://127.0.0.1:4566/ws (after pip install websockets)
import json, random, sys, threading, time, websockets.sync.client
socket, current, tries, seat, sent = None, 0, 0, None, {"action": "join-game"}
pause = lambda: 0.5 * 2 ** min(tries, 4) * random.uniform(0.5, 1)  # Grows to 8 seconds.
while True:
    try:
        with websockets.sync.client.connect(sys.argv[1], ping_interval=None) as socket:
            socket.send(json.dumps(sent := seat or sent))  # In a game, resume.
            while True:
                match message := json.loads(socket.recv(timeout=None if current else 9 * 60)):
                    case {"type": "waiting"} if not current: print("You wait for an opponent.")
                    case {"type": "game-resumed", "round": current, "you": str()}: tries = 0
                    case {"type": "game-started" | "game-resumed", "round": n} | {"next_round": n} if n > current:
                        current, tries, play = n, 0, random.choice(["rock", "paper", "scissors"])
                        print(f"Round {current}: you play {play}.")
                        sent = {"action": "receive-play", "play": play, "round": current}
                        socket.send(json.dumps(sent))
                        if message.get("seat"): seat = {"action": "resume-game", "game": message["game"], "seat": message["seat"]}
                    case {"type": "game-over", "outcome": outcome, "reason": reason, "you": you, "opponent": other}:
                        sys.exit(print(f"{outcome}, {reason}: {you or 'nothing'} against {other or 'nothing'}."))
                    case {"type": "error", "code": "not-in-a-game", "message": text}: sys.exit(text)
                    case {"type": "error", "code": "already-in-a-game"}: seat = None  # Another connection has the seat.
                    case {"type": "error", "code": code, "message": text} if code != "try-again": print(text)
                    case _ if message.get("type", "error") == "error":  # API Gateway's own error has no type.
                        timer = threading.Timer(pause(), lambda: socket and socket.send(json.dumps(sent)))
                        timer.daemon, tries = True, tries + 1
                        timer.start()
    except (OSError, websockets.WebSocketException) as error:
        if not (seat and tries < 8 or socket and isinstance(error, TimeoutError)): sys.exit("The connection closed.")
        socket, current, tries = time.sleep(pause()), max(current - 1, 0), tries + 1
