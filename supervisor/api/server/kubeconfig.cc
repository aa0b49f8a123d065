#include "supervisor/api/server/kubeconfig.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/files.h"

namespace podrun::api {

namespace {

std::string base64(const std::string& text) {
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

}  // namespace

std::string kubeconfig(const Credentials& credentials, const std::string& server,
                       KubeconfigUser user) {
  std::string yaml =
      "apiVersion: v1\n"
      "kind: Config\n"
      "clusters:\n"
      "- name: podrun\n"
      "  cluster:\n"
      "    certificate-authority-data: " +
      base64(credentials.ca_certificate) +
      "\n"
      "    server: " +
      server +
      "\n"
      "contexts:\n"
      "- name: podrun\n"
      "  context:\n"
      "    cluster: podrun\n"
      "    user: podrun\n"
      "current-context: podrun\n"
      "preferences: {}\n"
      "users:\n"
      "- name: podrun\n"
      "  user:\n";
  if (user == KubeconfigUser::kToken) return yaml + "    token: " + credentials.admin_token + "\n";
  return yaml + "    client-certificate-data: " + base64(credentials.admin_certificate) + "\n" +
         "    client-key-data: " + base64(credentials.admin_key) + "\n";
}

void write_kubeconfig(const std::string& path, const std::string& yaml) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
      (status.st_mode & 0777) == 0600 && read_file_if_exists(path) == yaml)
    return;
  replace_file(path, yaml, 0600, true);
}

}  // namespace podrun::api
