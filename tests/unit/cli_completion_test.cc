// The generated scripts are run by real shells; zsh and fish where they are installed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/files.h"
#include "cli/commands.h"
#include "cli/completion.h"

namespace podrun::cli {
namespace {

/// What a command prints; its exit code in `code`.
std::string output_of(const std::string& command, int& code) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  code = ::pclose(pipe);
  return text;
}

/// A script in a file that lives as long as the test.
class Script {
 public:
  Script(Shell shell, const std::string& after) {
    path_ = std::string(::testing::TempDir()) + "podrun-completion-" + std::to_string(::getpid());
    replace_file(path_, completion_script(command_table(), shell) + after);
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  ~Script() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// What bash offers at the end of `line`, after a line of script.
std::string bash_offers(const std::string& line, const std::string& before = "") {
  const Script script(Shell::kBash, "\n" + before + "\nCOMP_LINE='" + line +
                                        "'\nCOMP_POINT=${#COMP_LINE}\n_podrun\n"
                                        "printf '%s ' \"${COMPREPLY[@]}\"\n");
  int code = 0;
  const std::string text =
      output_of("PATH=/usr/bin:/bin bash --norc --noprofile " + script.path() + " 2>&1", code);
  EXPECT_EQ(code, 0) << text;
  return text;
}

bool installed(const std::string& program) {
  return ::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

TEST(BashCompletion, OffersCommands) {
  EXPECT_EQ(bash_offers("podrun ru"), "run ");
  EXPECT_EQ(bash_offers("podrun image in"), "inspect ");
  EXPECT_EQ(bash_offers("podrun image "), "import list inspect rm tag export prune build-rootfs ");
  EXPECT_EQ(bash_offers("podrun help im"), "image ");
}

TEST(BashCompletion, OffersFlagsOfTheCommand) {
  EXPECT_EQ(bash_offers("podrun run --st"), "--strict ");
  EXPECT_EQ(bash_offers("podrun run pod.yaml --keep"), "--keep-logs ");
  EXPECT_EQ(bash_offers("podrun run --for 10s --jun"), "--junit ");
  EXPECT_EQ(bash_offers("podrun image ls --no"), "--no-trunc ");
  EXPECT_EQ(bash_offers("podrun version --st"), " ");
}

TEST(BashCompletion, OffersValues) {
  EXPECT_EQ(bash_offers("podrun run --output "), "text json ");
  EXPECT_EQ(bash_offers("podrun run -o j"), "json ");
  EXPECT_EQ(bash_offers("podrun run --output=j"), "json ");
  EXPECT_EQ(bash_offers("podrun image save --format "), "oci docker ");
  EXPECT_EQ(bash_offers("podrun completion "), "bash zsh fish ");
  EXPECT_EQ(bash_offers("podrun run /etc/host"), bash_offers("podrun run -f /etc/host"));
  EXPECT_NE(bash_offers("podrun run /etc/host").find("/etc/hosts "), std::string::npos);
  EXPECT_NE(bash_offers("podrun run --data-dir /us").find("/usr "), std::string::npos);
}

/// What bash offers where `podrun resource-names` prints its own arguments.
std::string offers_of_api(const std::string& line) {
  return bash_offers(line, "podrun() { echo \"types:${*:2}\"; }");
}

TEST(BashCompletion, AsksTheDaemonForNames) {
  EXPECT_EQ(offers_of_api("podrun get "), "types: ");
  EXPECT_EQ(offers_of_api("podrun get pods ty"), "types:pods ");
  EXPECT_EQ(offers_of_api("podrun get -n team pods ty"), "types:-n ");
  EXPECT_EQ(offers_of_api("podrun delete pod/ty"), "pod/types:pod ");
  EXPECT_EQ(offers_of_api("podrun get -n ty"), "types:namespaces ");
}

TEST(ZshCompletion, IsValid) {
  if (!installed("zsh")) GTEST_SKIP() << "zsh is not installed";
  const Script script(Shell::kZsh, "");
  int code = 0;
  const std::string text = output_of("zsh -f -n " + script.path() + " 2>&1", code);
  EXPECT_EQ(code, 0) << text;
}

TEST(FishCompletion, OffersCommandsAndFlags) {
  if (!installed("fish")) GTEST_SKIP() << "fish is not installed";
  const auto offers = [](const std::string& line) {
    const Script script(Shell::kFish, "\ncomplete -C '" + line + "'\n");
    int code = 0;
    return output_of("HOME=/nonexistent fish --no-config " + script.path() + " 2>/dev/null", code);
  };
  EXPECT_NE(offers("podrun im").find("image"), std::string::npos);
  EXPECT_NE(offers("podrun image imp").find("import"), std::string::npos);
  EXPECT_NE(offers("podrun run --jun").find("--junit"), std::string::npos);
  EXPECT_EQ(offers("podrun version --jun").find("--junit"), std::string::npos);
}

}  // namespace
}  // namespace podrun::cli
