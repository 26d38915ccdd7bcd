# `make run` and `make test` are all that a newcomer needs: each sets everything up first.
# Options go through ARGS: make run ARGS="--port 8000", make test ARGS="-k citation".
.PHONY: run test check format types imports style docs lock

run:
	@sh .ci/bootstrap run
	@exec .venv/bin/reportqa serve $(ARGS)

test:
	@sh .ci/bootstrap dev
	.venv/bin/python -m pytest $(ARGS)

# What CI holds the code to beside its tests; `make -k check` shows all that is wrong at once.
check: style types imports

style:
	@sh .ci/bootstrap dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types:
	@sh .ci/bootstrap dev
	.venv/bin/mypy

imports:
	@sh .ci/bootstrap dev
	.venv/bin/lint-imports

# Mends what can be mended without thought.
format:
	@sh .ci/bootstrap dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# docs/cli.md is the command's own help; a test holds it to that.
docs:
	@sh .ci/bootstrap dev
	.venv/bin/typer app.cli utils docs --name reportqa | .venv/bin/python -c \
		"import html, sys; sys.stdout.write(html.unescape(sys.stdin.read()))" >docs/cli.md

# Locks what pyproject.toml asks for, on every platform and Python at once; ARGS=--upgrade
# takes newer releases. Torch is locked for the platforms whose PyPI build is the CPU one.
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(ARGS)

lock:
	@sh .ci/bootstrap dev
	$(LOCK) --group install pyproject.toml --output-file requirements.lock
	sed -i "s/^\(torch==[^ ]*\) /\1 ; sys_platform != 'linux' /" requirements.lock
	$(LOCK) --group pyproject.toml:dev --constraint requirements.lock \
		--output-file requirements-dev.lock
