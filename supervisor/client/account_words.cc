#include "supervisor/client/account_words.h"

#include <string_view>

#include "base/base64.h"
#include "base/error.h"
#include "base/files.h"

namespace podrun::client {
namespace {

constexpr const char* kDockerConfig = ".dockerconfigjson";

Json secret_of(const std::string& name, const char* type, Json data) {
  return {{"apiVersion", "v1"},
          {"data", std::move(data)},
          {"kind", "Secret"},
          {"metadata", {{"name", name}}},
          {"type", type}};
}

std::string read_pem(const std::string& path) {
  const auto text = read_file_if_exists(path);
  if (!text) {
    throw BadInput("Cannot read file " + path + ", open " + path + ": no such file or directory");
  }
  return *text;
}

bool has_key(std::string_view pem) { return pem.find("PRIVATE KEY-----") != pem.npos; }
bool has_certificate(std::string_view pem) {
  return pem.find("-----BEGIN CERTIFICATE-----") != pem.npos;
}

void check_certificate(const std::string& pem) {
  if (has_certificate(pem)) return;
  throw BadInput(
      has_key(pem) ? "tls: failed to find certificate PEM data in certificate input, but did find "
                     "a private key; PEM inputs may have been switched"
                   : "tls: failed to find any PEM data in certificate input");
}

void check_key(const std::string& pem) {
  if (has_key(pem)) return;
  throw BadInput(has_certificate(pem)
                     ? "tls: found a certificate rather than a key in the PEM for the private key"
                     : "tls: failed to find any PEM data in key input");
}

}  // namespace

Json new_service_account(const std::string& name) {
  return {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", name}}}};
}

Json new_token_request(const TokenWords& words) {
  Json spec = Json::object();
  if (!words.audiences.empty()) spec["audiences"] = words.audiences;
  if (words.seconds < 0) throw BadInput("--duration must be greater than or equal to 0");
  if (words.seconds > 0) spec["expirationSeconds"] = words.seconds;
  if (words.kind.empty()) {
    if (!words.name.empty()) {
      throw BadInput("--bound-object-name can only be set if --bound-object-kind is provided");
    }
    if (!words.uid.empty()) {
      throw BadInput("--bound-object-uid can only be set if --bound-object-kind is provided");
    }
  } else {
    if (words.kind != "Node" && words.kind != "Pod" && words.kind != "Secret") {
      throw BadInput("supported --bound-object-kind values are Node, Pod, Secret");
    }
    if (words.name.empty()) {
      throw BadInput("--bound-object-name is required if --bound-object-kind is provided");
    }
    spec["boundObjectRef"] = {{"kind", words.kind}, {"apiVersion", "v1"}, {"name", words.name}};
    if (!words.uid.empty()) spec["boundObjectRef"]["uid"] = words.uid;
  }
  return {{"apiVersion", "authentication.k8s.io/v1"},
          {"kind", "TokenRequest"},
          {"spec", std::move(spec)}};
}

Json new_tls_secret(const std::string& name, const std::string& cert_file,
                    const std::string& key_file) {
  if (cert_file.empty() || key_file.empty()) throw BadInput("key and cert must be specified");
  const std::string cert = read_pem(cert_file), key = read_pem(key_file);
  check_certificate(cert);
  check_key(key);
  return secret_of(name, "kubernetes.io/tls",
                   {{"tls.crt", to_base64(cert)}, {"tls.key", to_base64(key)}});
}

Json new_registry_secret(const RegistryWords& words) {
  std::string config;
  if (!words.files.empty()) {
    const std::string& source = words.files.front();
    const auto equals = source.find('=');
    config = read_file(equals == std::string::npos ? source : source.substr(equals + 1));
  } else if (words.user.empty() || words.password.empty() || words.server.empty()) {
    throw BadInput(
        "either --from-file or the combination of --docker-username, --docker-password and "
        "--docker-server is required");
  } else {
    Json login{{"username", words.user}, {"password", words.password}};
    if (!words.email.empty()) login["email"] = words.email;
    login["auth"] = to_base64(words.user + ":" + words.password);
    config = Json{{"auths", {{words.server, login}}}}.dump();
  }
  return secret_of(words.name, "kubernetes.io/dockerconfigjson",
                   {{kDockerConfig, to_base64(config)}});
}

}  // namespace podrun::client
