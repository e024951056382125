# `make run` starts the whole portal, `make test` runs the whole suite; both need only python3 with
# venv, git and make. The other targets are for maintainers.
PYTHON ?= python3
PORT ?= 8000
UV_VERSION := 0.13.9
# The interpreter runs everything: the other programs in .venv/bin name it by the folder in which they
# were installed, which may have been renamed since. Paths are relative, so its name is never read.
BIN := .venv/bin
PY := $(BIN)/python
WITH_SERVERS := $(PY) -m ciwo_portal.with_servers
export PORT
# Programs start many times: each would compile all it imports anew where the caller forbids to keep that.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test coverage lock lock-npm audit sbom css mail check-calendars check-html clean benchmark-pages benchmark-registrations benchmark-mail benchmark-findings \
  benchmark-answers benchmark-fanout faults
.PHONY: lint lint-format lint-code lint-security lint-templates lint-imports lint-types check-migrations check-deploy record-release

run: .venv/.installed
	@exec $(PY) -m ciwo_portal.serve

test: .venv/.installed
	@exec $(WITH_SERVERS) $(PY) -m pytest $(ARGS)

coverage: .venv/.installed
	@exec $(WITH_SERVERS) $(PY) -m pytest -n 2 --cov --cov-branch --cov-report=term $(ARGS)

.tools/.installed:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: the portal needs Python 3.11 or later; set PYTHON=…"; exit 1; }
	@[ -w . ] || { echo "error: cannot write to $$PWD. Use a copy that you may write to."; exit 1; }
	@"$(PYTHON)" -m venv .tools >/dev/null \
	  || { echo "error: Python cannot make environments here: install python3-venv."; exit 1; }
	@.tools/bin/python -m pip --quiet --disable-pip-version-check install uv==$(UV_VERSION)
	@touch $@

.venv/.installed: requirements/dev.txt | .tools/.installed
	@[ -x $(PY) ] || .tools/bin/uv venv --quiet --python "$(PYTHON)" .venv
	@.tools/bin/uv pip sync --quiet --python $(PY) --require-hashes requirements/dev.txt
	@touch $@

lint: lint-format lint-code lint-security lint-templates lint-imports lint-types
lint-format: .venv/.installed
	@$(PY) -m ruff format --check .
lint-code: .venv/.installed
	@$(PY) -m ruff check .
lint-security: .venv/.installed
	@$(PY) -m bandit --quiet --recursive --configfile pyproject.toml --severity-level medium .
lint-templates: .venv/.installed
	@find templates benchmarks -name '*.html' -print0 \
	  | xargs -0 $(BIN)/djade --check --target-version 5.2
lint-imports: .venv/.installed
	@$(PY) $(BIN)/lint-imports
lint-types: .venv/.installed
	@SECRET_KEY=not-a-secret $(PY) -m mypy .

check-migrations: .venv/.installed
	@$(WITH_SERVERS) $(PY) manage.py makemigrations --check --dry-run
# When a release is made: what it writes, which the migrations after it must not break.
record-release: .venv/.installed
	@$(WITH_SERVERS) $(PY) -m tests.previous_release
# As in production: behind https, so that every secure setting must be on.
check-deploy: .venv/.installed
	@SITE_URL=https://portal.example.org BEHIND_PROXY=true DEBUG=false $(WITH_SERVERS) \
	  $(PY) manage.py check --deploy --fail-level WARNING --database default

# Exact versions with hashes and without addresses: the same files serve every mirror.
lock: .tools/.installed
	env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL .tools/bin/uv pip compile --quiet \
	  --python "$(PYTHON)" --universal --generate-hashes --no-annotate --upgrade \
	  --custom-compile-command "make lock" -o requirements/base.txt pyproject.toml
	env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL .tools/bin/uv pip compile --quiet \
	  --python "$(PYTHON)" --universal --generate-hashes --no-annotate --group dev \
	  -c requirements/base.txt --custom-compile-command "make lock" -o requirements/dev.txt pyproject.toml
	env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL .tools/bin/uv pip compile --quiet \
	  --python "$(PYTHON)" --universal --generate-hashes --no-annotate --group pyproject.toml:audit --upgrade \
	  --custom-compile-command "make lock" -o requirements/audit.txt
lock-npm: # needs npm; exact versions with hashes, and without addresses
	cd frontend && npm install --package-lock-only --silent

# What is known against the locked packages, where that can be asked; and a list of all of them (CycloneDX).
.audit/.installed: requirements/audit.txt | .tools/.installed
	@[ -x .audit/bin/python ] || .tools/bin/uv venv --quiet --python "$(PYTHON)" .audit
	@.tools/bin/uv pip sync --quiet --python .audit/bin/python --require-hashes requirements/audit.txt
	@touch $@
audit: .audit/.installed
	@.ci/audit
sbom: .audit/.installed
	@mkdir -p sbom
	@.audit/bin/python -m cyclonedx_py requirements requirements/base.txt --pyproject pyproject.toml \
	  --output-reproducible --output-format JSON --output-file sbom/python.cdx.json
	@cd frontend && npm sbom --package-lock-only --sbom-format cyclonedx >../sbom/npm.cdx.json
	@echo 'sbom/python.cdx.json and sbom/npm.cdx.json: what the portal and its front end are made of.'

css: # needs Node; what it writes to static/ is committed, so nobody else does
	cd frontend && npm ci --silent && node build.mjs
mail: # likewise, into templates/mail/
	cd frontend && npm ci --silent && node mail.mjs

benchmark-pages: .venv/.installed
	@$(WITH_SERVERS) $(PY) -m benchmarks.pages
benchmark-registrations: .venv/.installed
	@$(WITH_SERVERS) $(PY) -m benchmarks registrations
benchmark-findings: .venv/.installed
	@$(WITH_SERVERS) $(PY) -m benchmarks findings
benchmark-answers: .venv/.installed
	@$(WITH_SERVERS) $(PY) -m benchmarks answers
benchmark-mail: .venv/.installed
	@$(WITH_SERVERS) $(PY) -m benchmarks mail
faults: .venv/.installed
	@$(WITH_SERVERS) $(PY) -m benchmarks faults

# The second reader of our calendars, npm's ical.js: needs Node, as css and mail do.
check-calendars: .venv/.installed
	cd frontend && npm ci --silent
	@CIWO_REQUIRE_NODE=1 $(WITH_SERVERS) $(PY) -m pytest tests/events/test_second_reader.py

# Every page that tests/test_access.py asks for, by the Nu HTML checker (npm's vnu-jar): needs Node and Java.
check-html: .venv/.installed
	cd frontend && npm ci --silent
	@CIWO_REQUIRE_JAVA=1 $(WITH_SERVERS) $(PY) -m pytest tests/test_access.py

clean:
	rm -rf .venv .tools .audit sbom .run .shots .mypy_cache .ruff_cache .pytest_cache
