#include "release/journal.h"

#include <sqlite3.h>

#include <cstdlib>
#include <variant>

#include "base/guarded.h"
#include "store/file_lock.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// What leads from each version of the file to the next: from an empty one to 1, from 1 to 2, and so on.
constexpr const char* steps[] = {R"(
CREATE TABLE IF NOT EXISTS release (
  id TEXT PRIMARY KEY, command TEXT NOT NULL, version TEXT NOT NULL, repositories TEXT NOT NULL,
  started INTEGER NOT NULL, finished INTEGER, result TEXT NOT NULL DEFAULT '', exit_status INTEGER,
  receipt TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE IF NOT EXISTS event (
  number INTEGER PRIMARY KEY AUTOINCREMENT, release TEXT NOT NULL REFERENCES release(id), time INTEGER NOT NULL,
  kind TEXT NOT NULL, repository TEXT NOT NULL, tag TEXT NOT NULL, from_digest TEXT NOT NULL,
  to_digest TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS event_of_release ON event(release);
CREATE INDEX IF NOT EXISTS release_unfinished ON release(result) WHERE result = '';
)",
                                 "ALTER TABLE release ADD COLUMN best_effort INTEGER NOT NULL DEFAULT 0;",
                                 "CREATE INDEX IF NOT EXISTS event_of_tag ON event(repository, tag);"};
constexpr int64_t schema_version = std::size(steps);

int64_t seconds(Instant time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Instant instant(int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

Error database_error(sqlite3* database, const std::string& path) {
  int code = sqlite3_errcode(database);
  std::string text = fmt::format("the journal {}: {}", path, sqlite3_errmsg(database));
  switch (code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return corrupt("{}; move it away to begin a new one", text);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return denied("{}", text);
    default:
      return unavailable("{}", text);
  }
}

using Value = std::variant<int64_t, std::string>;

// One prepared statement, run once.
class Statement {
 public:
  static Result<Statement> prepare(sqlite3* database, const std::string& path, const char* sql,
                                   const std::vector<Value>& values) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK)
      return database_error(database, path);
    Statement made(database, path, statement);
    int at = 1;
    for (const Value& value : values) {
      if (auto* number = std::get_if<int64_t>(&value)) {
        sqlite3_bind_int64(statement, at++, *number);
      } else {
        const std::string& text = std::get<std::string>(value);
        sqlite3_bind_text(statement, at++, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
      }
    }
    return made;
  }

  // Whether there is another row.
  Result<bool> step() {
    switch (sqlite3_step(statement_.get())) {
      case SQLITE_ROW:
        return true;
      case SQLITE_DONE:
        return false;
      default:
        return database_error(database_, path_);
    }
  }

  std::string text(int column) const {
    auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)))
                 : "";
  }
  int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Statement(sqlite3* database, std::string path, sqlite3_stmt* statement)
      : database_(database), path_(std::move(path)), statement_(statement) {}
  sqlite3* database_;
  std::string path_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class SqliteJournal : public Journal {
 public:
  SqliteJournal(Database database, std::string path, Clock& clock)
      : database_(std::move(database)), path_(std::move(path)), clock_(clock) {}

  Done set_up() {
    auto database = database_.lock();
    TRY(script(database->get(), "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"));
    auto version = TRY(query(database->get(), "PRAGMA user_version", {}));
    TRY(version.step());
    int64_t there = version.number(0);
    if (there > schema_version)
      return corrupt("the journal {} was written by a newer program (version {}, known here: {})", path_,
                     there, schema_version);
    if (there == schema_version) return {};
    TRY(script(database->get(), "BEGIN IMMEDIATE"));
    Done done;
    for (; done && there < schema_version; ++there) done = script(database->get(), steps[there]);
    if (done) done = script(database->get(), fmt::format("PRAGMA user_version={};", schema_version).c_str());
    return finish_transaction(database->get(), std::move(done));
  }

  Result<std::string> begin(const std::string& command, const std::string& version,
                            const std::string& repositories, bool best_effort) override {
    auto database = database_.lock();
    Instant now = clock_.now();
    std::string stem;
    for (char c : rfc3339(now) + "-" + version)
      if (c != '-' || stem.size() > 15)
        if (c != ':') stem += c;
    TRY(script(database->get(), "BEGIN IMMEDIATE"));
    auto count = TRY(query(database->get(), "SELECT count(*) FROM release WHERE id LIKE ? || '%'", {stem}));
    TRY(count.step());
    std::string id = fmt::format("{}-{}", stem, count.number(0) + 1);
    Done inserted = run(database->get(),
                        "INSERT INTO release(id, command, version, repositories, started, best_effort) "
                        "VALUES(?,?,?,?,?,?)",
                        {id, command, version, repositories, seconds(now), int64_t{best_effort}});
    TRY(finish_transaction(database->get(), std::move(inserted)));
    return id;
  }

  Done note(const std::string& release, const Event& event) override {
    auto database = database_.lock();
    return insert(database->get(), release, event);
  }

  Done note(const std::string& release, const std::vector<Event>& events) override {
    auto database = database_.lock();
    TRY(script(database->get(), "BEGIN IMMEDIATE"));
    Done all;
    for (const Event& event : events)
      if (all) all = insert(database->get(), release, event);
    return finish_transaction(database->get(), std::move(all));
  }

  Done end(const std::string& release, const std::string& result, int exit_status,
           const std::string& receipt) override {
    auto database = database_.lock();
    return run(database->get(),
               "UPDATE release SET finished=?, result=?, exit_status=?, receipt=? WHERE id=?",
               {seconds(clock_.now()), result, static_cast<int64_t>(exit_status), receipt, release});
  }

  Result<std::vector<Entry>> entries(size_t most) override {
    return select("ORDER BY started DESC, rowid DESC LIMIT ?", {static_cast<int64_t>(most)});
  }

  Result<std::optional<Entry>> entry(const std::string& release) override {
    auto found = TRY(select("WHERE id = ?", {release}));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }

  Result<std::vector<Event>> events(const std::string& release) override {
    auto database = database_.lock();
    auto rows = TRY(query(database->get(),
                          "SELECT kind, repository, tag, from_digest, to_digest, text, time FROM event WHERE "
                          "release = ? ORDER BY number",
                          {release}));
    std::vector<Event> all;
    while (TRY(rows.step())) all.push_back(event_in(rows));
    return all;
  }

  Result<std::optional<LastWord>> last_word(const std::string& repository, const std::string& tag) override {
    auto database = database_.lock();
    auto row =
        TRY(query(database->get(),
                  "SELECT kind, repository, tag, from_digest, to_digest, text, time, release, "
                  "(SELECT result FROM release WHERE id = event.release) FROM event WHERE repository = ? "
                  "AND tag = ? AND kind IN ('moving', 'moved', 'up to date', 'failed', 'undone', 'left') "
                  "ORDER BY number DESC LIMIT 1",
                  {repository, tag}));
    if (!TRY(row.step())) return std::nullopt;
    return LastWord{row.text(7), !row.text(8).empty(), event_in(row)};
  }

  Result<std::vector<Event>> moves(const std::optional<std::string>& repository, const std::string& tag,
                                   size_t most) override {
    auto database = database_.lock();
    auto rows = TRY(query(database->get(),
                          "SELECT kind, repository, tag, from_digest, to_digest, text, time FROM event WHERE "
                          "repository = coalesce(nullif(?, ''), repository) AND tag = ? AND kind = 'moved' "
                          "ORDER BY number DESC LIMIT ?",
                          {repository.value_or(""), tag, static_cast<int64_t>(most)}));
    std::vector<Event> moves;
    while (TRY(rows.step())) moves.push_back(event_in(rows));
    return moves;
  }

  Result<std::vector<Entry>> unfinished() override {
    return select("WHERE result = '' ORDER BY started, rowid", {});
  }

 private:
  // Of a row that begins with the columns of an event.
  static Event event_in(const Statement& row) {
    return {row.text(0), row.text(1), row.text(2),           row.text(3),
            row.text(4), row.text(5), instant(row.number(6))};
  }

  Done script(sqlite3* database, const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      return database_error(database, path_);
    return {};
  }

  Result<Statement> query(sqlite3* database, const char* sql, const std::vector<Value>& values) {
    return Statement::prepare(database, path_, sql, values);
  }

  Done run(sqlite3* database, const char* sql, const std::vector<Value>& values) {
    auto statement = TRY(query(database, sql, values));
    TRY(statement.step());
    return {};
  }

  Done insert(sqlite3* database, const std::string& release, const Event& event) {
    return run(database,
               "INSERT INTO event(release, time, kind, repository, tag, from_digest, to_digest, text) "
               "VALUES(?,?,?,?,?,?,?,?)",
               {release, seconds(clock_.now()), event.kind, event.repository, event.tag, event.from, event.to,
                event.text});
  }

  Done finish_transaction(sqlite3* database, Done done) {
    if (done) return script(database, "COMMIT");
    (void)script(database, "ROLLBACK");
    return done;
  }

  // The releases that the rest of a SELECT picks.
  Result<std::vector<Entry>> select(const std::string& rest, const std::vector<Value>& values) {
    auto database = database_.lock();
    std::string sql =
        "SELECT id, command, version, repositories, best_effort, result, receipt, started, finished FROM "
        "release " +
        rest;
    auto rows = TRY(query(database->get(), sql.c_str(), values));
    std::vector<Entry> all;
    while (TRY(rows.step()))
      all.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.number(4) != 0,
                     rows.text(5), rows.text(6), instant(rows.number(7)), instant(rows.number(8))});
    return all;
  }

  Guarded<Database> database_;
  std::string path_;
  Clock& clock_;
};

}  // namespace

Result<fs::path> Journal::default_folder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return fs::path(state) / "eulerpublisher";
  if (const char* home = std::getenv("HOME"); home && *home)
    return fs::path(home) / ".local" / "state" / "eulerpublisher";
  return invalid("there is no place for the journal: set XDG_STATE_HOME or HOME");
}

Result<std::unique_ptr<Journal>> Journal::open(const fs::path& folder, Clock& clock) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return system_error(error.value(), "creating " + folder.string());
  std::string path = (folder / "journal.db").string();
  sqlite3* raw = nullptr;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
  int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) return database_error(raw, path);
  sqlite3_busy_timeout(raw, 30'000);
  auto journal = std::make_unique<SqliteJournal>(std::move(database), path, clock);
  // SQLite does not wait for another run that is turning the same new file into a WAL one: it says `locked`.
  FileLock alone = TRY(FileLock::exclusive(folder / "journal.lock").within("the journal {}", path));
  TRY(journal->set_up());
  return journal;
}

}  // namespace eulerpublisher
