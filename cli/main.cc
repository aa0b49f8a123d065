// podrun: parses the command line and hands it to the command.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "cli/arguments.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/kube_flags.h"
#include "cli/logs.h"
#include "cli/man.h"
#include "cli/pod_list.h"
#include "cli/pod_process.h"
#include "cli/roots.h"
#include "cli/run.h"
#include "cli/version.h"

namespace podrun::cli {
namespace {

void print(const std::string& text) { write_all(STDOUT_FILENO, text, "standard output"); }

/// Commands that another program carries out get the same words: it has the same table.
[[noreturn]] void become(std::string_view name, char** argv) {
  const std::string program = find_program(std::string(name));
  ::execvp(program.c_str(), argv);
  throw_errno("start " + program, "it belongs beside podrun: is the installation complete?");
}

int show_help(const Arguments& arguments) {
  print(help_text(find_command(command_table(), arguments.operands)));
  return 0;
}

int show_completion(const Arguments& arguments) {
  const std::string& shell = arguments.operands.front();
  if (shell != "bash" && shell != "zsh" && shell != "fish") {
    throw UsageError("no completion for the shell \"" + shell + "\": one of bash, zsh, fish");
  }
  print(completion_script(command_table(), shell == "bash"  ? Shell::kBash
                                           : shell == "zsh" ? Shell::kZsh
                                                            : Shell::kFish));
  return 0;
}

/// A --data-dir in front says whose kubeconfig it is; all other words are kubectl's own.
[[noreturn]] void become_kubectl(std::vector<std::string> words) {
  std::string data_dir = pod::Roots().data_dir;
  if (words.size() > 1 && words.front() == "--data-dir") {
    data_dir = absolute(words[1]);
    words.erase(words.begin(), words.begin() + 2);
  }
  ::setenv("KUBECONFIG", (data_dir + "/kubeconfig").c_str(), 1);
  words.insert(words.begin(), "kubectl");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv.front(), argv.data());
  throw_errno("start kubectl", "install kubectl, in a version that you use with Kubernetes");
}

int show_kubeconfig(const Arguments& arguments) {
  const std::string path = roots_of(arguments).data_dir + "/kubeconfig";
  const auto text = read_file_if_exists(path);
  if (!text) throw Error("no " + path, 0, "`podrun daemon` writes it when it starts");
  print(arguments.has("path") ? path + "\n" : *text);
  return 0;
}

int write_man_pages(const Arguments& arguments) {
  if (arguments.operands.empty()) {
    print(man_page({&command_table()}));
    return 0;
  }
  const std::string& folder = arguments.operands.front();
  make_dirs(folder);
  for (const auto& path : all_commands(command_table())) {
    replace_file(folder + "/" + man_page_name(path) + ".1", man_page(path));
  }
  return 0;
}

int dispatch(const Arguments& arguments, char** argv) {
  const Command& command = arguments.command();
  if (arguments.wants_help || command.needs_command()) {
    print(help_text(arguments.path));
    return arguments.wants_help || arguments.path.size() == 1 ? 0 : 2;
  }
  if (!command.program.empty()) become(command.program, argv);
  if (command.name == "run") return run_pods(arguments);
  if (command.name == "version") {
    print(version_text(arguments.value("output") == "json"));
    return 0;
  }
  if (command.name == "ps") return show_pods(arguments);
  if (command.name == "logs") {
    if (are_logs_the_daemons(arguments)) become(kube::kProgram, argv);
    return show_logs(arguments);
  }
  if (command.name == "kubectl") become_kubectl(arguments.operands);
  if (command.name == "kubeconfig") return show_kubeconfig(arguments);
  if (command.name == "check") return check_host(arguments);
  if (command.name == "completion") return show_completion(arguments);
  if (command.name == "help") return show_help(arguments);
  if (command.name == "man") return write_man_pages(arguments);
  throw Error("podrun does not know \"" + arguments.command_name() + "\"");
}

}  // namespace
}  // namespace podrun::cli

int main(int argc, char** argv) {
  using namespace podrun;
  try {
    return cli::dispatch(cli::parse(cli::command_table(), {argv + 1, argv + argc}), argv);
  } catch (const BadInput& error) {
    std::fprintf(stderr, "podrun: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "podrun: %s\n", error.what());
    return 1;
  }
}
