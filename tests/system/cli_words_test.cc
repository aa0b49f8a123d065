// The built programs and their exit codes: each wrong input is one clear error, code 2, and nothing
// has changed.
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/files.h"
#include "tests/support/archives.h"
#include "tests/support/pod_run.h"
#include "tests/support/temp_dir.h"

namespace podrun::test {
namespace {

namespace fs = std::filesystem;

constexpr int kWrongInput = 2;

std::vector<std::string> paths_below(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Notes ("device node …") are no errors.
std::vector<std::string> lines_but_notes(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("note: ", 0) != 0) lines.push_back(line);
  }
  return lines;
}

/// `podrun run` with folders in `dir`.
int run_manifest(const TempDir& dir, std::vector<std::string> more, std::string& output) {
  std::vector<std::string> words{built_binary("podrun"), "run", "--data-dir", dir / "data"};
  for (const std::string& word :
       {std::string("--run-dir"), dir / "run", std::string("--log-dir"), dir / "logs"}) {
    words.push_back(word);
  }
  words.insert(words.end(), more.begin(), more.end());
  return run_command(words, &output);
}

TEST(CliWords, EachBrokenManifestIsRefusedAndStartsNothing) {
  const TempDir dir;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(MANIFEST_BROKEN)) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    std::string output;
    EXPECT_EQ(run_manifest(dir, {entry.path()}, output), kWrongInput) << entry.path() << output;
    EXPECT_NE(output.find("error: "), std::string::npos) << entry.path() << output;
    EXPECT_NE(output.find("nothing was started"), std::string::npos) << entry.path() << output;
    ASSERT_TRUE(fs::is_empty(dir.path())) << entry.path();
  }
  EXPECT_GE(files, 200);
}

TEST(CliWords, StrictRefusesWhatIsAWarningOtherwise) {
  const TempDir dir;
  const TempDir input;
  replace_file(input / "pod.yaml",
               "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
               "  - {name: a, image: busybox, comand: [x]}\n");
  std::string output;
  EXPECT_EQ(run_manifest(dir, {"--strict", input / "pod.yaml"}, output), kWrongInput);
  EXPECT_NE(output.find("error: " + (input / "pod.yaml") +
                        ":6: unknown field \"spec.containers[0].comand\" (did you mean command?)"),
            std::string::npos)
      << output;
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(CliWords, EachBrokenArchiveIsRefusedAndChangesNothing) {
  const TempDir dir;
  const auto import = [&](const std::string& file, std::string& output) {
    return run_command(
        {built_binary("podrun"), "image", "import", "--data-dir", dir / "data", file}, &output);
  };
  std::string output;
  replace_file(dir / "good.tar", make_tar(docker_items({make_tar({TarItem::file("kept", "kept")})},
                                                       R"(["kept:1"])")));
  ASSERT_EQ(import(dir / "good.tar", output), 0) << output;
  replace_file(dir / "broken.tar", "");
  const auto before = paths_below(dir.path());
  const std::string index = read_file(dir / "data/images/index.json");
  int archives = 0;
  for (const BrokenArchive& broken : broken_archives()) {
    SCOPED_TRACE(broken.name);
    ++archives;
    replace_file(dir / "broken.tar", broken.bytes);
    EXPECT_EQ(import(dir / "broken.tar", output), kWrongInput) << output;
    const auto lines = lines_but_notes(output);
    ASSERT_EQ(lines.size(), 1u) << output;
    EXPECT_EQ(lines[0].rfind("podrun: import " + (dir / "broken.tar") + ": ", 0), 0u) << output;
    EXPECT_EQ(paths_below(dir.path()), before);
    EXPECT_EQ(read_file(dir / "data/images/index.json"), index);
  }
  EXPECT_GE(archives, 50);
}

/// What a program writes to a terminal.
std::string on_terminal(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int master = -1;
  const pid_t pid = ::forkpty(&master, nullptr, nullptr, nullptr);
  if (pid == 0) {
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  const Fd terminal(master);
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(master, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  ::waitpid(pid, nullptr, 0);
  return text;
}

TEST(CliWords, AnImportShowsItsProgressOnATerminalOnly) {
  const TempDir dir;
  const std::string file = dir / "image.tar";
  replace_file(file,
               make_tar(docker_items({make_tar({TarItem::file("a", std::string(1 << 20, 'a'))})},
                                     R"(["a:1"])")));
  std::string output;
  ASSERT_EQ(
      run_command({built_binary("podrun"), "image", "import", "--data-dir", dir / "one", file},
                  &output),
      0);
  EXPECT_EQ(output, "Loaded image: a:1\n");
  const std::string shown =
      on_terminal({built_binary("podrun"), "image", "import", "--data-dir", dir / "two", file});
  EXPECT_NE(shown.find("%"), std::string::npos) << shown;
  EXPECT_NE(shown.find("\r\x1b[KLoaded image: a:1\r\n"), std::string::npos) << shown;
}

TEST(CliWords, CheckEndsWithOneWhereSomethingIsMissing) {
  const TempDir dir;
  std::string output;
  const int code = run_command(
      {built_binary("podrun"), "check", "-o", "json", "--data-dir", dir.path()}, &output);
  const auto json = nlohmann::json::parse(output);
  EXPECT_EQ(code, json["ok"] == true ? 0 : 1) << output;
  for (const auto& check : json["checks"]) {
    const std::string state = check["state"];
    EXPECT_TRUE(state == "ok" || state == "degraded" || state == "missing") << check.dump();
    EXPECT_EQ(check.contains("effect"), state == "degraded") << check.dump();
    EXPECT_TRUE(state != "missing" || check.contains("advice")) << check.dump();
  }
}

TEST(CliWords, CheckTellsOfAChrootThatIsNoMount) {
  const TempDir dir;
  const std::string script =
      "mkdir root root/proc root/sys && cp \"$0\" root/podrun\n"
      "mount --rbind /proc root/proc && mount --rbind /sys root/sys\n"
      "check() { chroot root /podrun check -o json --data-dir /data; }\n"
      "check > as-folder\n"
      "mount --bind root root && mount --rbind /proc root/proc && mount --rbind /sys root/sys\n"
      "check > as-mount; true";
  std::string output;
  ASSERT_EQ(run_command({"unshare", "-m", "--propagation", "private", "sh", "-c",
                         "cd " + dir.path() + "\n" + script, built_binary("podrun")},
                        &output),
            0)
      << output;
  const auto state = [&](const std::string& file) {
    const auto json = nlohmann::json::parse(read_file(dir / file));
    for (const auto& check : json["checks"]) {
      if (check["topic"] == "root mount") return check["state"].get<std::string>();
    }
    return json.dump(1);
  };
  EXPECT_EQ(state("as-folder"), "missing");
  EXPECT_EQ(state("as-mount"), "ok");
}

TEST(CliWords, VersionIsTextOrJson) {
  std::string output;
  ASSERT_EQ(run_command({built_binary("podrun"), "version", "--output", "json"}, &output), 0);
  const std::string version = nlohmann::json::parse(output)["version"];
  ASSERT_EQ(run_command({built_binary("podrun"), "version"}, &output), 0);
  EXPECT_EQ(output.rfind("podrun " + version + " (linux/", 0), 0u) << output;
}

}  // namespace
}  // namespace podrun::test
