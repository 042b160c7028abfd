# Plays one game of rps: python client.py ws://127.0.0.1:4566/ws (after pip install websockets)
import json, random, sys, time
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
playing, sent = 0, {"action": "join-game"}
while True:
    socket = None
    try:
        with connect(sys.argv[1], ping_interval=None) as socket:
            socket.send(json.dumps(sent))
            while True:
                match json.loads(socket.recv(timeout=None if playing else 9 * 60)):
                    case {"type": "waiting"} if not playing:
                        print("You wait for an opponent.")
                    case {"type": "game-started", "round": n} | {"type": "round-drawn", "next_round": n} if n > playing:
                        playing, play = n, random.choice(["rock", "paper", "scissors"])
                        print(f"Round {playing}: you play {play}.")
                        sent = {"action": "receive-play", "play": play, "round": playing}
                        socket.send(json.dumps(sent))
                    case {"type": "game-over", "outcome": outcome, "reason": why, "you": you, "opponent": other}:
                        print(f"{outcome}, {why}: {you or 'nothing'} against {other or 'nothing'}.")
                        sys.exit()
                    case {"type": "error", "code": code, "message": why} if code != "try-again":
                        print(why)
                    case message if message.get("type", "error") == "error":  # API Gateway's own has no type.
                        time.sleep(0.5)
                        socket.send(json.dumps(sent))
    except (OSError, WebSocketException) as error:
        if not (socket and isinstance(error, TimeoutError)):  # Else nobody came; another connection follows.
            sys.exit("The connection closed.")
