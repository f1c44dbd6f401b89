"""A program that stands in for the training process: it does what the job's spec name says.

Run as `python training_double.py`; told its job on stdin, as the real one is.
"""

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1] == "own-group":
    os.setpgid(0, 0)
print("ready", flush=True)
time.sleep(120)
"""

PROGRAM = f"""
import json, os, signal, subprocess, sys, time

def say(message, **more):
    print(json.dumps({{"at": time.time(), "level": "info", "message": message}} | more), flush=True)

job = json.load(sys.stdin)["job"]
act = job["spec"]["name"] if job["kind"] == "train" else job["model"]
say("told", data={{"job": job, "profile": os.environ.get("AWS_PROFILE"), "run": os.environ.get("S3ML_RUN"),
    "session": os.getsid(0), "pid": os.getpid(), "folder": os.getcwd()}})
if act == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if act in ("stubborn", "family", "orphans"):
    for kind in ("group", "own-group"):
        child = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}, kind], stdout=subprocess.PIPE)
        child.stdout.readline()
if act == "failing":
    say("No such column: churned", level="error")
    sys.exit(1)
if act == "dying":
    print("Killed by the night", file=sys.stderr)
    sys.exit(3)
if act == "torn":
    sys.stdout.write("the last words")
    sys.stdout.flush()
    sys.exit(0)
say("ready")
if act in ("orphans", "killed"):
    os.kill(os.getpid(), signal.SIGKILL)
if act in ("stubborn", "family", "patient"):
    time.sleep(120)
"""
