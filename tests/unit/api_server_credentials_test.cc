// The daemon's certificates, its token and its kubeconfig.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/api/server/credentials.h"
#include "supervisor/api/server/kubeconfig.h"
#include "supervisor/api/server/make_certificate.h"
#include "tests/support/temp_dir.h"

namespace podrun::api {
namespace {

using test::TempDir;
constexpr auto kDay = std::chrono::hours(24);

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

class ApiServerCredentials : public ::testing::Test {
 protected:
  Credentials ensure(WallTime now = SystemClock().wall()) {
    return ensure_credentials(folder(), names_, now);
  }
  std::string folder() const { return dir_ / "a/tls"; }
  std::string file(const std::string& name) const { return folder() + "/" + name; }
  TempDir dir_{"podrun-credentials"};
  std::vector<std::string> names_ = {"localhost", "::1", "127.0.0.1", "kubernetes",
                                     "bad name,IP:1.2.3.4"};
};

TEST_F(ApiServerCredentials, AreMadeOnce) {
  const Credentials made = ensure();
  EXPECT_EQ(mode_of(folder()), 0700u);
  for (const char* name : {"ca.pem", "server.pem", "admin.pem", "token", "service-account"})
    EXPECT_EQ(mode_of(file(name)), 0600u) << name;
  EXPECT_EQ(made.admin_token.size(), 64u);
  const Credentials again = ensure();
  EXPECT_EQ(again.ca_certificate, made.ca_certificate);
  EXPECT_EQ(again.server_certificate, made.server_certificate);
  EXPECT_EQ(again.admin_key, made.admin_key);
  EXPECT_EQ(again.admin_token, made.admin_token);
}

TEST_F(ApiServerCredentials, CertificatesSayWhatTheyAreFor) {
  const WallTime now = SystemClock().wall();
  const Credentials made = ensure(now);
  const Certificate ca = read_certificate(made.ca_certificate);
  const Certificate server = read_certificate(made.server_certificate);
  const Certificate admin = read_certificate(made.admin_certificate);
  EXPECT_EQ(::X509_check_ca(ca.get()), 1);
  EXPECT_EQ(::X509_check_ca(server.get()), 0);
  EXPECT_EQ(::X509_check_purpose(server.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
  EXPECT_EQ(::X509_check_purpose(server.get(), X509_PURPOSE_SSL_CLIENT, 0), 0);
  EXPECT_EQ(::X509_check_purpose(admin.get(), X509_PURPOSE_SSL_CLIENT, 0), 1);
  EXPECT_EQ(::X509_check_purpose(admin.get(), X509_PURPOSE_SSL_SERVER, 0), 0);
  EXPECT_TRUE(is_signed_by(server.get(), ca.get()));
  EXPECT_EQ(alternative_names(server.get()),
            (std::vector<std::string>{"127.0.0.1", "::1", "kubernetes", "localhost"}));
  EXPECT_EQ(subject_values(admin.get(), NID_commonName), std::vector<std::string>{"system:admin"});
  EXPECT_EQ(subject_values(admin.get(), NID_organizationName),
            std::vector<std::string>{"system:masters"});
  EXPECT_GT(not_after(ca.get()), now + 3600 * kDay);
}

TEST_F(ApiServerCredentials, TheServersIsRenewedInTime) {
  const WallTime now = SystemClock().wall();
  const Credentials made = ensure(now);
  EXPECT_EQ(ensure(now + 330 * kDay).server_certificate, made.server_certificate);
  const Credentials renewed = ensure(now + 340 * kDay);
  EXPECT_NE(renewed.server_certificate, made.server_certificate);
  EXPECT_NE(renewed.admin_certificate, made.admin_certificate);
  EXPECT_EQ(renewed.ca_certificate, made.ca_certificate);
  names_.push_back("other");
  EXPECT_NE(ensure(now + 340 * kDay).server_certificate, renewed.server_certificate);
  // Nothing lives longer than the CA.
  const Credentials late = ensure(now + 3500 * kDay);
  EXPECT_LE(not_after(read_certificate(late.server_certificate).get()),
            not_after(read_certificate(late.ca_certificate).get()));
}

TEST_F(ApiServerCredentials, WhatNobodyDependsOnIsMadeAnew) {
  const Credentials made = ensure();
  replace_file(file("server.pem"), made.server_key + made.admin_certificate);  // no pair
  replace_file(file("admin.pem"), made.admin_certificate.substr(0, 100));
  const Credentials again = ensure();
  EXPECT_NE(again.server_certificate, made.server_certificate);
  EXPECT_NE(again.admin_certificate, made.admin_certificate);
  EXPECT_EQ(again.ca_certificate, made.ca_certificate);
  EXPECT_EQ(mode_of(file("server.pem")), 0600u);
}

TEST_F(ApiServerCredentials, ADamagedCaOrTokenIsAnErrorThatNamesIt) {
  const Credentials made = ensure();
  const std::string ca = read_file(file("ca.pem"));
  for (const std::string& broken : {std::string(), ca.substr(0, ca.size() / 2), made.ca_certificate,
                                    made.server_key + made.ca_certificate}) {
    replace_file(file("ca.pem"), broken);
    try {
      ensure();
      FAIL() << broken;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(file("ca.pem")), std::string::npos) << error.what();
    }
    EXPECT_EQ(read_file(file("ca.pem")), broken);
  }
  replace_file(file("ca.pem"), ca);
  EXPECT_EQ(ensure().ca_certificate, made.ca_certificate);
  replace_file(file("token"), "");
  EXPECT_THROW(ensure(), Error);
}

TEST_F(ApiServerCredentials, AFileInItsPlaceIsComplete) {
  // Where making them was cut short, the next start goes on: each file alone may be there.
  const Credentials made = ensure();
  for (const char* name : {"server.pem", "admin.pem", "token"}) remove_tree(file(name));
  EXPECT_EQ(ensure().ca_certificate, made.ca_certificate);
  // Another CA: what the old one signed is replaced.
  remove_tree(file("ca.pem"));
  const Credentials other = ensure();
  EXPECT_TRUE(is_signed_by(read_certificate(other.server_certificate).get(),
                           read_certificate(other.ca_certificate).get()));
}

TEST_F(ApiServerCredentials, ModesAreNarrowed) {
  ensure();
  ::chmod(folder().c_str(), 0755);
  ::chmod(file("token").c_str(), 0644);
  ensure();
  EXPECT_EQ(mode_of(folder()), 0700u);
  EXPECT_EQ(mode_of(file("token")), 0600u);
}

TEST_F(ApiServerCredentials, KubeconfigIsPrivateAndWhole) {
  const Credentials made = ensure();
  const std::string path = dir_ / "kubeconfig";
  const std::string yaml = kubeconfig(made, "https://127.0.0.1:6443");
  write_kubeconfig(path, yaml);
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(read_file(path), yaml);
  EXPECT_NE(yaml.find("\n    server: https://127.0.0.1:6443\n"), std::string::npos);
  EXPECT_NE(yaml.find("\ncurrent-context: podrun\n"), std::string::npos);
  EXPECT_EQ(yaml.find(made.admin_token), std::string::npos);
  EXPECT_NE(kubeconfig(made, "https://x", KubeconfigUser::kToken)
                .find("token: " + made.admin_token + "\n"),
            std::string::npos);
  ::chmod(path.c_str(), 0644);
  write_kubeconfig(path, yaml);
  EXPECT_EQ(mode_of(path), 0600u);
}

TEST(ApiServerToken, IsComparedWhole) {
  EXPECT_TRUE(is_token("abc", "abc"));
  EXPECT_FALSE(is_token("ab", "abc"));
  EXPECT_FALSE(is_token("abd", "abc"));
  EXPECT_FALSE(is_token("", ""));
}

TEST(ApiServerNames, HoldTheServicesAndLoopback) {
  const auto names = server_names();
  for (const char* name : {"localhost", "kubernetes.default.svc", "127.0.0.1", "::1"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
}

}  // namespace
}  // namespace podrun::api
