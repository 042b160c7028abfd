# Plays one game of rps: python client.py ws://127.0.0.1:4566/ws (after pip install websockets)
import json, random, sys, threading, websockets.sync.client
current, tries, sent = 0, 0, {"action": "join-game"}
while True:
    socket = None
    try:
        with websockets.sync.client.connect(sys.argv[1], ping_interval=None) as socket:
            socket.send(json.dumps(sent))
            while True:
                match json.loads(socket.recv(timeout=None if current else 9 * 60)):
                    case {"type": "waiting"} if not current:
                        print("You wait for an opponent.")
                    case {"type": "game-started", "round": n} | {"type": "round-drawn", "next_round": n} if n > current:
                        current, tries, play = n, 0, random.choice(["rock", "paper", "scissors"])
                        print(f"Round {current}: you play {play}.")
                        sent = {"action": "receive-play", "play": play, "round": current}
                        socket.send(json.dumps(sent))
                    case {"type": "game-over", "outcome": outcome, "reason": reason, "you": you, "opponent": other}:
                        print(f"{outcome}, {reason}: {you or 'nothing'} against {other or 'nothing'}.")
                        sys.exit()
                    case {"type": "error", "code": code, "message": text} if code != "try-again":
                        print(text)
                    case message if message.get("type", "error") == "error":  # API Gateway's own error has no type.
                        pause = 0.5 * 2 ** min(tries, 4) * random.uniform(0.5, 1)  # Grows to 8 seconds.
                        timer = threading.Timer(pause, lambda: socket.send(json.dumps(sent)))
                        timer.daemon, tries = True, tries + 1
                        timer.start()
    except (OSError, websockets.WebSocketException) as error:
        if not (socket and isinstance(error, TimeoutError)):  # After a timeout, connect again.
            sys.exit("The connection closed.")
