#include "registry/upload_session.h"

#include <charconv>

namespace eulerpublisher {
namespace {

std::string pull(const RepositoryName& repository) { return "repository:" + repository.text() + ":pull"; }

}  // namespace

http::Request UploadSession::request(std::string method, std::string purpose) const {
  http::Request request;
  request.method = std::move(method);
  request.purpose = std::move(purpose);
  if (location_) request.url = location_->text();
  if (!elsewhere_) request.scopes = {pull(repository_) + ",push"};
  request.anonymous = elsewhere_;
  request.public_only = public_only_;
  // What an answer that was lost has changed, a second attempt would meet.
  request.repeatable = false;
  return request;
}

Result<http::Response> UploadSession::start(std::stop_token stop) {
  http::Request begin = request("POST", "beginning an upload");
  begin.url = registry_.url(repository_.text() + "/blobs/uploads/").text();
  return post(std::move(begin), stop);
}

Result<http::Response> UploadSession::mount(const Digest& digest, const RepositoryName& source,
                                            std::stop_token stop) {
  http::Request begin = request("POST", "mounting a blob");
  begin.url = registry_.url(repository_.text() + "/blobs/uploads/")
                  .with_query("mount", digest.text())
                  .with_query("from", source.text())
                  .text();
  begin.scopes.push_back(pull(source));
  return post(std::move(begin), stop);
}

Result<http::Response> UploadSession::post(http::Request request, std::stop_token stop) {
  request.repeatable = true;  // a session nobody uses does no harm
  http::Response response = TRY(registry_.send(request, stop));
  if (response.status == 202) TRY(follow(TRY(http::Url::parse(request.url)), response));
  return response;
}

Result<http::Response> UploadSession::send(const http::Body& piece, std::stop_token stop) {
  http::Request patch = request("PATCH", "uploading");
  describe(patch, piece);
  http::Response response = TRY(registry_.send(patch, stop));
  if (response.ok()) TRY(follow(*location_, response));
  return response;
}

Result<http::Response> UploadSession::close(const Digest& digest, const std::optional<http::Body>& last,
                                            std::stop_token stop) {
  http::Request put = request("PUT", last ? "uploading" : "ending an upload");
  put.url = location_->with_query("digest", digest.text()).text();
  if (last) describe(put, *last);
  return registry_.send(put, stop);
}

void UploadSession::describe(http::Request& request, const http::Body& body) const {
  request.body = body;
  request.headers.set("Content-Type", "application/octet-stream");
  // A whole body needs no place; a body whose end is unknown has none.
  auto known = body.blob->descriptor();
  bool whole = body.offset == 0 && known && body.length == known->size;
  if (!body.length || whole || *body.length == 0) return;
  uint64_t last = body.offset + *body.length - 1;
  switch (registry_.profile().content_range) {
    case Profile::ContentRange::none:
      break;
    case Profile::ContentRange::plain:
      request.headers.set("Content-Range", fmt::format("{}-{}", body.offset, last));
      break;
    case Profile::ContentRange::with_unit:
      request.headers.set("Content-Range", fmt::format("bytes {}-{}/*", body.offset, last));
      break;
  }
}

Result<http::Response> UploadSession::ask(std::stop_token stop) {
  http::Request get = request("GET", "asking how far an upload is");
  get.repeatable = true;
  http::Response response = TRY(registry_.send(get, stop));
  if (response.ok()) TRY(follow(*location_, response));
  return response;
}

void UploadSession::drop(std::stop_token stop) {
  if (!location_) return;
  (void)registry_.send(request("DELETE", "ending an upload"), stop);
  location_.reset();
}

Done UploadSession::follow(const http::Url& asked, const http::Response& response) {
  auto header = response.headers.get("Location");
  if (!header || header->empty()) return {};
  http::Url next = TRY(asked.resolve_behind_proxy(*header));
  http::Url home = registry_.url("");
  elsewhere_ = !next.same_origin(home);
  if (elsewhere_ && home.secure() && !next.secure())
    return denied("{} sends uploads to {} without encryption; tell its operators", registry_.host().text(),
                  next.origin());
  if (elsewhere_ && !home.is_private() && next.is_private())
    return denied("{} sends uploads to {}, a private address; tell its operators", registry_.host().text(),
                  next.origin());
  public_only_ = elsewhere_ && (public_only_ || response.from_public);
  location_ = std::move(next);
  return {};
}

std::optional<uint64_t> bytes_received(const http::Response& response) {
  auto range = response.headers.get("Range");
  if (!range) return std::nullopt;
  std::string_view text = *range;
  if (text.starts_with("bytes=") || text.starts_with("bytes ")) text.remove_prefix(6);
  if (!text.starts_with("0-")) return std::nullopt;
  text.remove_prefix(2);
  uint64_t last = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), last);
  if (failed != std::errc() || end != text.data() + text.size() || last == UINT64_MAX) return std::nullopt;
  return last + 1;
}

}  // namespace eulerpublisher
