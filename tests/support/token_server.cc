#include "support/token_server.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "http/base64.h"

namespace eulerpublisher::test {
namespace {

using http::to_base64;
using nlohmann::json;

const std::string service = "a test's registry", issuer = "a test's token server";

std::string url_safe(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, 3.3).
std::string rs256(const std::string& text, const std::string& key_pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> pem(
      BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())), BIO_free);
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
    return {};
  std::string signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                 text.size());
  signature.resize(size);
  return signature;
}

// What stands between the first BEGIN and END: the certificate in base64.
std::string der_of(const std::string& pem) {
  size_t begin = pem.find('\n') + 1, end = pem.find("-----END");
  std::string text = pem.substr(begin, end - begin);
  std::erase(text, '\n');
  return text;
}

// Every `scope` of a query; there may be several.
std::vector<std::string> scopes_of(const ServerRequest& request) {
  std::vector<std::string> scopes;
  std::string_view query = request.query;
  for (size_t at = query.find("scope="); at != query.npos; at = query.find("scope=", at + 1)) {
    ServerRequest one;
    one.query = std::string(query.substr(at, query.find('&', at) - at));
    scopes.push_back(one.parameter("scope").value_or(""));
  }
  return scopes;
}

}  // namespace

Result<std::unique_ptr<TokenServer>> TokenServer::start(Options options) {
  std::unique_ptr<TokenServer> made(new TokenServer(std::move(options)));
  TRY(made->make_certificate());
  made->server_ = std::make_unique<HttpServer>(
      [server = made.get()](ServerRequest& request) { return server->answer(request); });
  return made;
}

Done TokenServer::make_certificate() {
  Ran made = run({{"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                   "/CN=a test's token server", "-keyout", (folder_ / "key.pem").string(), "-out",
                   (folder_ / "cert.pem").string()}});
  if (!made.ok()) return not_found("openssl makes no certificate: {}", made.err);
  key_ = read_text(folder_ / "key.pem");
  certificate_ = read_text(folder_ / "cert.pem");
  return {};
}

std::string TokenServer::auth_yaml() const {
  return fmt::format(
      "auth:\n  token:\n    realm: {}\n    service: \"{}\"\n    issuer: \"{}\"\n    rootcertbundle: {}\n",
      server_->url("/token"), service, issuer, (folder_ / "cert.pem").string());
}

ServerAnswer TokenServer::answer(const ServerRequest& request) {
  std::string shown = request.headers.get("Authorization").value_or("");
  bool known = shown == "Basic " + to_base64(options_.user + ":" + options_.password);
  if (!shown.empty() && !known) {
    ++refused_;
    std::string complaint = options_.complaint;
    if (size_t at = complaint.find("{}"); at != complaint.npos) complaint.replace(at, 2, shown);
    return {.status = 401,
            .headers = {{"Content-Type", "application/json"}},
            .body = json{{"details", complaint}}.dump()};
  }
  auto scopes = scopes_of(request);
  std::string told = known ? "" : "anonymous: ";
  for (const std::string& scope : scopes) told += (told.empty() || told.ends_with(' ') ? "" : " ") + scope;
  asked_.lock()->push_back(told);
  return {.status = 200,
          .headers = {{"Content-Type", "application/json"}},
          .body = json{{"token", sign(scopes, known)}, {"expires_in", 300}}.dump()};
}

std::string TokenServer::sign(const std::vector<std::string>& scopes, bool known) {
  json access = json::array();
  for (const std::string& scope : scopes) {
    size_t first = scope.find(':'), last = scope.rfind(':');
    if (first == scope.npos || first == last) continue;
    json actions = json::array();
    std::string wanted = scope.substr(last + 1);
    if (wanted.find("pull") != wanted.npos && (known || options_.public_pull)) actions.push_back("pull");
    if (wanted.find("push") != wanted.npos && known) actions.push_back("push");
    access.push_back({{"type", scope.substr(0, first)},
                      {"name", scope.substr(first + 1, last - first - 1)},
                      {"actions", actions}});
  }
  auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  json header{{"typ", "JWT"}, {"alg", "RS256"}, {"x5c", {der_of(certificate_)}}};
  json claims{{"iss", issuer},
              {"sub", known ? options_.user : ""},
              {"aud", service},
              {"exp", now.count() + options_.lifetime - 60},
              {"nbf", now.count() - 120},
              {"iat", now.count() - 120},
              {"jti", std::to_string(asked_.lock()->size())},
              {"access", access}};
  std::string text = url_safe(to_base64(header.dump())) + "." + url_safe(to_base64(claims.dump()));
  return text + "." + url_safe(to_base64(rs256(text, key_)));
}

}  // namespace eulerpublisher::test
