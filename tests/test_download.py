"""A model is fetched only with leave: from a hub that this test runs itself, on a port of this machine."""

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from helpers import environment, qa, refused

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub(bert):
    """The address of a hub with one model, `somebody/tiny`, and the list of what was asked of it."""
    names = [p.relative_to(bert).as_posix() for p in bert.rglob("*") if p.is_file()] + ["evil.py", "tf_model.h5"]
    asked = []

    class Hub(BaseHTTPRequestHandler):
        def answer(self, body, status=200, **headers):
            self.send_response(status)
            for name, value in ({"Content-Length": len(body)} | headers).items():
                self.send_header(name.replace("_", "-"), str(value))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_GET(self):
            asked.append(self.path)
            path = self.path.partition("?")[0]
            file = bert / path.removeprefix(f"/somebody/tiny/resolve/{COMMIT}/")
            if path.startswith("/api/models/somebody/tiny/tree/"):
                listed = [{"type": "file", "path": n, "size": 1, "oid": COMMIT} for n in names]
                self.answer(json.dumps(listed).encode(), Content_Type="application/json")
            elif path.startswith("/api/models/somebody/tiny"):
                listed = {"id": "somebody/tiny", "sha": COMMIT, "siblings": [{"rfilename": n} for n in names]}
                self.answer(json.dumps(listed).encode(), Content_Type="application/json")
            elif "/resolve/" in path and file.is_file():
                content = file.read_bytes()
                self.answer(content, ETag=f'"{hashlib.sha1(content).hexdigest()}"', X_Repo_Commit=COMMIT)
            else:
                self.answer(b"{}", 404, X_Error_Code="RepoNotFound", X_Error_Message="Repository not found")

        do_HEAD = do_GET

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_model_is_fetched_with_leave_and_then_used_without(corpus, hub, tmp_path):
    address, asked = hub
    env = environment(HF_ENDPOINT=address, HF_HOME=str(tmp_path / "hub"))
    model = ("--model", "somebody/tiny")
    assert "--allow-download" in refused(qa("index", "pages", *model, cwd=tmp_path, env=env))
    assert asked == []
    built = qa("index", "pages", *model, "--allow-download", cwd=tmp_path, env=env)
    assert (built.returncode, built.stdout) == (0, ""), built.stderr
    assert built.stderr.splitlines()[-1].endswith("files are in .qa")
    assert any(path.endswith("model.safetensors") for path in asked)
    assert not any(path.endswith((".py", ".h5")) for path in asked)
    asked.clear()
    assert qa("ask", "淡化站?", cwd=tmp_path, env=env).returncode in (0, 1)
    assert asked == []


@pytest.mark.slow
def test_a_download_that_fails_is_one_line(corpus, hub, tmp_path):
    env = environment(HF_ENDPOINT=hub[0], HF_HOME=str(tmp_path / "hub"))
    said = refused(qa("index", "pages", "--model", "nobody/none", "--allow-download", cwd=tmp_path, env=env))
    assert said.startswith("model 'nobody/none' cannot be downloaded (nobody/none: ")
    assert "check its name and the network" in said
