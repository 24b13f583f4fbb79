# shellcheck shell=bash disable=SC2034
# Servers on loopback, for quickstart.sh and bench/.  To be sourced.
#
#   start_site FOLDER SITE         nginx serves SITE with listings; site_url is its address
#   start_registry FOLDER          docker-registry with storage of its own in FOLDER; registry_address is its host:port
#   stop_server PID                ends one of them; server_pid is the one started last
#   stop_servers                   ends what was started, by process id; call it from a trap
#
# FOLDER is a server's own: configuration, log, storage.  The packaged configurations are not looked at (that of
# docker-registry wants a password).

server_pids=()
server_pid=''
site_url=''
registry_address=''

stop_server() {  # PID
  local pid others=()
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  for pid in "${server_pids[@]}"; do [ "$pid" = "$1" ] || others+=("$pid"); done
  server_pids=("${others[@]}")
}

stop_servers() {
  local pid
  for pid in "${server_pids[@]}"; do stop_server "$pid"; done
}

answers() {  # PORT
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    answers "$port" || break
  done
  echo "$port"
}

# Waits until the server with process id $1 answers on port $2; fails as soon as it has ended.
await_server() {  # PID PORT
  local try
  for try in $(seq 100); do
    kill -0 "$1" 2>/dev/null || return 1
    ! answers "$2" || return 0
    sleep 0.05
  done
  return 1
}

find_program() {  # NAME...
  local name
  for name in "$@"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$name" && return 0
  done
  return 1
}

# Somebody else may take the port between our look and the server's: three tries, each with another.
start_server() {  # NAME FOLDER WRITE_CONFIGURATION COMMAND...; sets server_port
  local name=$1 folder=$2 configure=$3 try pid
  shift 3
  mkdir -p "$folder"
  for try in 1 2 3; do
    server_port=$(free_port)
    "$configure" "$folder" "$server_port"
    "$@" >"$folder/log" 2>&1 &
    pid=$!
    if await_server "$pid" "$server_port"; then
      server_pid=$pid
      server_pids+=("$pid")
      return 0
    fi
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  cat "$folder/log" >&2
  echo "$name did not start (try $try); its log stands above." >&2
  return 1
}

configure_site() {  # FOLDER PORT; $site is what is served
  local user=''
  [ "$(id -u)" != 0 ] || user='user root;'
  cat >"$1/nginx.conf" <<CONF
$user
daemon off;
worker_processes 1;
pid $1/nginx.pid;
error_log $1/error.log;
events { worker_connections 256; }
http {
  access_log $1/access.log;
  client_body_temp_path $1/body;
  proxy_temp_path $1/proxy;
  fastcgi_temp_path $1/fastcgi;
  uwsgi_temp_path $1/uwsgi;
  scgi_temp_path $1/scgi;
  sendfile on;
  server {
    listen 127.0.0.1:$2;
    root $site;
    autoindex on;
  }
}
CONF
}

start_site() {  # FOLDER SITE
  local nginx site
  site=$(cd "$2" && pwd)
  nginx=$(find_program nginx) || { echo "nginx is not installed: run scripts/packages.sh quickstart." >&2; return 1; }
  start_server nginx "$1" configure_site "$nginx" -p "$1" -c "$1/nginx.conf" -e "$1/error.log" || return
  site_url=http://127.0.0.1:$server_port
}

configure_registry() {  # FOLDER PORT
  cat >"$1/config.yml" <<CONF
version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: $1/storage
  delete:
    enabled: true
http:
  addr: 127.0.0.1:$2
  secret: on loopback only
CONF
}

start_registry() {  # FOLDER
  local registry
  registry=$(find_program docker-registry registry) || { echo "docker-registry is not installed: run scripts/packages.sh quickstart." >&2; return 1; }
  start_server docker-registry "$1" configure_registry "$registry" serve "$1/config.yml" || return
  registry_address=127.0.0.1:$server_port
}
