// A daemon whose database is damaged: it says so in one line and ends, the files stay as they are,
// and the pods run on.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/fd.h"
#include "base/files.h"
#include "tests/support/daemon_run.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/system/daemon_load.h"

namespace podrun::test {
namespace {

using Json = nlohmann::json;

constexpr const char* kPod = "/api/v1/namespaces/default/pods/steady";
constexpr const char* kPods = "/api/v1/namespaces/default/pods";
constexpr const char* kConfigMaps = "/api/v1/namespaces/default/configmaps";
// A namespace has one of its own, kube-root-ca.crt.
constexpr const char* kOwnConfigMaps =
    "/api/v1/namespaces/default/configmaps?labelSelector=by%3Dtest";
constexpr int kObjects = 40;
constexpr std::size_t kPage = 4096;

class DaemonDatabaseTest : public ::testing::Test {
 protected:
  using Files = std::map<std::string, std::string>;  // the content by the suffix of podrun.db

  DaemonDatabaseTest() : home_({"busybox"}), client_(DaemonRun::socket_in(home_)) {}

  void SetUp() override {
    begin();
    post(kPods, {{"metadata", {{"name", "steady"}}}, {"spec", sleeping_pod_spec()}});
    ASSERT_TRUE(poll_until([&] { return !container().empty(); })) << DaemonRun::output_in(home_);
    for (int i = 0; i < kObjects; ++i) {
      post(kConfigMaps,
           {{"metadata", {{"name", "o" + std::to_string(i)}, {"labels", {{"by", "test"}}}}},
            {"data", {{"key", std::string(300, 'v')}}}});
    }
    before_ = container();
  }
  void TearDown() override {
    if (!daemon_ || daemon_->ended()) begin();
    client_.ask({"DELETE", kPods, ""});
    EXPECT_TRUE(poll_until([&] { return get(kPods).value("items", Json::array({1})).empty(); }));
    EXPECT_EQ(daemon_->stop(), 0);
  }

  void begin() {
    daemon_.emplace(home_);
    ASSERT_TRUE(daemon_->wait_ready()) << DaemonRun::output_in(home_);
  }
  void post(const std::string& path, const Json& body) {
    const auto answer = client_.ask({"POST", path, body.dump()});
    ASSERT_TRUE(answer && answer->ok()) << (answer ? answer->body : "no answer");
  }
  Json get(const std::string& path) {
    const auto answer = client_.get(path);
    return answer && answer->ok() ? answer->json() : Json::object();
  }
  /// The ready container of the pod as the API tells it; "" before.
  std::string container() {
    const Json status = get(kPod).value("status", Json::object());
    const Json all = status.value("containerStatuses", Json::array());
    return all.empty() || !all[0].value("ready", false) ? "" : all[0].dump();
  }
  /// Processes that carry the home's name: supervisors and containers.
  std::multiset<std::string> processes() const {
    return Leaks::take({home_.dir().name(), {}, 0}).of("process");
  }

  /// The supervisor may have made some more meanwhile.
  void expect_running(const std::multiset<std::string>& before) const {
    const auto now = processes();
    EXPECT_TRUE(std::includes(now.begin(), now.end(), before.begin(), before.end()));
  }

  std::string path() const { return home_.data() + "/podrun.db"; }
  Files files() const {
    Files found;
    for (const char* suffix : {"", "-wal"}) {
      if (auto text = read_file_if_exists(path() + suffix)) found.emplace(suffix, std::move(*text));
    }
    return found;
  }
  void put(const Files& wanted) const {
    for (const char* suffix : {"", "-wal"}) {
      ::unlink((path() + suffix).c_str());
      const auto content = wanted.find(suffix);
      if (content == wanted.end()) continue;
      const Fd file = open_path(path() + suffix, O_WRONLY | O_CREAT, 0600);
      write_all(file.get(), content->second, path() + suffix);
    }
  }

  /// Starts a daemon on these files; it must refuse in one line with `wanted` and harm nothing.
  void expect_refusal(const Files& broken, const std::string& wanted) {
    put(broken);
    const std::string said_before = DaemonRun::output_in(home_);
    const auto running = processes();
    EXPECT_EQ(DaemonRun(home_).wait(), 1);
    const std::string said = DaemonRun::output_in(home_).substr(said_before.size());
    EXPECT_EQ(said.rfind("podrun: " + path(), 0), 0U) << said;
    EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
    EXPECT_NE(said.find(wanted), std::string::npos) << said;
    EXPECT_TRUE(files() == broken) << "the files were changed";
    expect_running(running);
  }
  /// The good files are served again, with the same containers.
  void expect_unharmed(const Files& good) {
    put(good);
    begin();
    EXPECT_EQ(get(kOwnConfigMaps).value("items", Json::array()).size(), std::size_t(kObjects));
    EXPECT_EQ(container(), before_);
  }
  /// As a stop leaves them: all in the database, no log.
  Files stopped() {
    EXPECT_EQ(daemon_->stop(), 0);
    return files();
  }
  /// As a kill leaves them.
  Files killed() {
    daemon_->kill();
    return files();
  }

  PodHome home_;
  HttpClient client_;
  std::optional<DaemonRun> daemon_;
  std::string before_;
};

TEST_F(DaemonDatabaseTest, Truncated) {
  const Files good = stopped();
  ASSERT_EQ(good.size(), 1U);
  const std::size_t size = good.at("").size();
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{100}, std::size_t{512},
        kPage - 1, kPage, kPage + 1, 2 * kPage, size / 2, size - kPage, size - 1}) {
    SCOPED_TRACE(length);
    expect_refusal({{"", good.at("").substr(0, length)}}, " is damaged: ");
  }
  expect_unharmed(good);
}

TEST_F(DaemonDatabaseTest, TruncatedBesideItsLog) {
  stopped();
  begin();
  post(kConfigMaps, {{"metadata", {{"name", "late"}}}});
  client_.ask({"DELETE", std::string(kConfigMaps) + "/late", ""});
  const Files good = killed();
  ASSERT_EQ(good.size(), 2U);
  for (const std::size_t length : {std::size_t{0}, kPage, good.at("").size() / 2}) {
    SCOPED_TRACE(length);
    expect_refusal({{"", good.at("").substr(0, length)}, {"-wal", good.at("-wal")}},
                   " is damaged: ");
  }
  expect_unharmed(good);
}

TEST_F(DaemonDatabaseTest, GarbageInTheDatabase) {
  const Files good = stopped();
  const auto with_garbage = [&good](std::size_t at, std::size_t size) {
    std::string changed = good.at("");
    for (std::size_t i = 0; i < size; ++i) changed[at + i] = static_cast<char>(i * 37 + 11);
    return Files{{"", changed}};
  };
  const std::size_t body = good.at("").find("\"name\":\"o20\"");
  ASSERT_NE(body, std::string::npos);
  const std::pair<std::size_t, std::size_t> cases[] = {
      {0, 16}, {0, 100}, {0, kPage}, {16, 2}, {100, 8}, {kPage, kPage}, {body, 4}, {body, 1000}};
  for (const auto& [at, size] : cases) {
    SCOPED_TRACE(at);
    expect_refusal(with_garbage(at, size), " is damaged: ");
  }
  expect_refusal({{"", std::string(5 * kPage, '\0')}}, "it is not an SQLite database");
  expect_unharmed(good);
}

TEST_F(DaemonDatabaseTest, NewerSchema) {
  const Files good = stopped();
  std::string newer = good.at("");
  newer[63] = 99;  // the last byte of user_version (sqlite.org/fileformat2.html)
  expect_refusal({{"", newer}}, " has schema version 99, and this podrun knows versions up to 1");
  expect_unharmed(good);
}

TEST_F(DaemonDatabaseTest, GarbageInTheLog) {
  stopped();
  begin();
  for (int i = 0; i < 8; ++i) {
    post(kConfigMaps, {{"metadata", {{"name", "late"}}}});
    client_.ask({"DELETE", std::string(kConfigMaps) + "/late", ""});
  }
  const Files good = killed();
  for (const std::size_t at : {std::size_t{1}, std::size_t{20}, std::size_t{50}, kPage}) {
    SCOPED_TRACE(at);
    Files broken = good;
    broken.at("-wal").replace(at, 8, "garbage!");
    expect_refusal(broken, "of its log");
  }
  Files alone = good;
  alone.erase("");
  put(alone);
  EXPECT_EQ(DaemonRun(home_).wait(), 1);
  EXPECT_TRUE(files() == alone) << "the files were changed";
  expect_unharmed(good);
}

// As after a power cut: the changes behind the cut are gone, the others are there.
TEST_F(DaemonDatabaseTest, LogThatWasCut) {
  stopped();
  begin();
  post(kConfigMaps, {{"metadata", {{"name", "late"}}}});
  client_.ask({"DELETE", std::string(kConfigMaps) + "/late", ""});
  const Files good = killed();
  const std::string& log = good.at("-wal");
  for (const std::size_t length : {std::size_t{0}, std::size_t{31}, kPage, log.size() - 100}) {
    SCOPED_TRACE(length);
    put({{"", good.at("")}, {"-wal", log.substr(0, length)}});
    begin();
    EXPECT_GE(get(kOwnConfigMaps).value("items", Json::array()).size(), std::size_t(kObjects));
    EXPECT_EQ(container(), before_);
    daemon_->kill();
  }
  expect_unharmed(good);
}

TEST_F(DaemonDatabaseTest, FolderThatCannotBeWritten) {
  const Files good = stopped();
  const auto running = processes();
  const std::string said_before = DaemonRun::output_in(home_);
  const std::string read_only =
      "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
  EXPECT_EQ(
      DaemonRun(home_, {}, {"unshare", "--mount", "sh", "-c", read_only, home_.data()}).wait(), 1);
  const std::string said = DaemonRun::output_in(home_).substr(said_before.size());
  EXPECT_NE(said.find("Read-only file system"), std::string::npos) << said;
  EXPECT_NE(said.find(home_.data()), std::string::npos) << said;
  EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
  EXPECT_TRUE(files() == good);
  expect_running(running);
  expect_unharmed(good);
}

}  // namespace
}  // namespace podrun::test
