// podrun-image: the commands of `podrun image`. A program of its own, because the archive libraries
// would slow `podrun run` down.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/image_list.h"
#include "cli/progress.h"
#include "cli/roots.h"
#include "rootfs-tools/build_rootfs.h"
#include "rootfs-tools/import.h"
#include "rootfs-tools/manage.h"
#include "rootfs-tools/store.h"

namespace podrun::cli {
namespace {

void print(const std::string& text) { write_all(STDOUT_FILENO, text, "standard output"); }

std::string data_dir(const Arguments& arguments) { return roots_of(arguments).data_dir; }

void print_imported(const std::vector<images::Image>& imported, bool quiet) {
  for (const images::Image& image : imported) {
    if (quiet || image.names.empty()) {
      print(image.id + "\n");
      continue;
    }
    for (const std::string& name : image.names) {
      const ShownName shown = shown_name(name);
      print("Loaded image: " + shown.repository + ":" + shown.tag + "\n");
    }
  }
}

std::vector<images::Image> import_source(const Arguments& arguments, const std::string& source,
                                         images::ImportOptions options) {
  ProgressBar bar(arguments.has("quiet"));
  options.progress = [&](const images::Progress& progress) { bar.show(progress); };
  options.note = [&](const std::string& note) {
    bar.clear();
    std::fprintf(stderr, "note: %s\n", note.c_str());
  };
  return images::import_images(data_dir(arguments), source, options);
}

int import_image(const Arguments& arguments) {
  images::ImportOptions options;
  if (arguments.operands.size() > 1) options.name = arguments.operands[1];
  options.changes = arguments.values("change");
  print_imported(import_source(arguments, arguments.operands[0], options), arguments.has("quiet"));
  return 0;
}

int list_images(const Arguments& arguments) {
  std::vector<images::Image> all = images::Store(data_dir(arguments)).list();
  if (!arguments.operands.empty()) {
    // Without a tag, all tags of the name are meant.
    const std::string wanted = images::normalize_reference(arguments.operands[0]);
    const ShownName shown = shown_name(wanted);
    const bool any_tag = shown_name(arguments.operands[0]).tag == "<none>";
    std::erase_if(all, [&](images::Image& image) {
      std::erase_if(image.names, [&](const std::string& name) {
        return any_tag ? shown_name(name).repository != shown.repository : name != wanted;
      });
      return image.names.empty();
    });
  }
  const std::string form = arguments.value("output");
  if (form == "json") {
    print(image_json(all));
  } else if (form == "name") {
    print(image_names(all));
  } else if (arguments.has("quiet")) {
    for (const auto& image : all) {
      print((arguments.has("no-trunc") ? image.id : short_id(image.id)) + "\n");
    }
  } else {
    print(image_table(all, {form == "wide", arguments.has("no-trunc")}, SystemClock().wall()));
  }
  return 0;
}

int inspect_images(const Arguments& arguments) {
  const images::Store store(data_dir(arguments));
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  int code = 0;
  for (const std::string& name : arguments.operands) {
    if (const auto image = store.find(name)) {
      all.push_back(images::inspect(*image));
    } else {
      std::fprintf(stderr, "podrun: no such image: %s\n", name.c_str());
      code = 1;
    }
  }
  print(all.dump(2) + "\n");
  return code;
}

int remove_images(const Arguments& arguments) {
  int code = 0;
  for (const std::string& name : arguments.operands) {
    try {
      for (const std::string& line :
           images::remove_image(data_dir(arguments), name, arguments.has("force"))) {
        print(line + "\n");
      }
    } catch (const Error& error) {  // the others are removed all the same
      std::fprintf(stderr, "podrun: %s\n", error.what());
      code = 1;
    }
  }
  return code;
}

int export_image(const Arguments& arguments) {
  images::ExportOptions options;
  options.format = arguments.value("format") == "oci" ? images::ExportFormat::kOciLayout
                                                      : images::ExportFormat::kDockerArchive;
  ProgressBar bar(arguments.has("quiet"));
  options.progress = [&](const images::Progress& progress) { bar.show(progress); };
  const std::string file = arguments.value("output");
  if (file.empty()) {
    if (::isatty(STDOUT_FILENO) == 1) {
      throw UsageError("an archive is not for a terminal", "use -o FILE, or a pipe");
    }
    images::export_image(data_dir(arguments), arguments.operands[0], STDOUT_FILENO, options);
    return 0;
  }
  // A failed export leaves no half of a file under the name.
  const std::string part = file + ".part";
  try {
    const Fd out = open_path(part, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    images::export_image(data_dir(arguments), arguments.operands[0], out.get(), options);
    if (::rename(part.c_str(), file.c_str()) != 0) throw_errno("rename " + part + " to " + file);
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
  return 0;
}

int prune_images(const Arguments& arguments) {
  const images::PruneResult result = images::prune(data_dir(arguments), arguments.has("all"));
  for (const std::string& line : result.lines) print(line + "\n");
  print("Total reclaimed space: " + size_text(result.reclaimed) + "\n");
  return 0;
}

int build_rootfs(const Arguments& arguments) {
  images::RootfsOptions options;
  if (arguments.has("path")) options.program_path = arguments.value("path");
  options.links = arguments.values("link");
  options.changes = arguments.values("change");
  options.names = {arguments.operands[1]};
  const std::string& program = arguments.operands[0];
  if (arguments.has("output")) {
    const Fd out = open_path(arguments.value("output"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    images::build_rootfs(program, options, out.get());
    return 0;
  }
  const Fd archive(::memfd_create("podrun-rootfs", MFD_CLOEXEC));
  if (!archive) throw_errno("memfd_create");
  images::build_rootfs(program, options, archive.get());
  const std::string source = "/proc/self/fd/" + std::to_string(archive.get());
  print_imported(import_source(arguments, source, {}), arguments.has("quiet"));
  return 0;
}

int dispatch(const Arguments& arguments) {
  const Command& command = arguments.command();
  if (arguments.wants_help || command.is_group()) {
    print(help_text(arguments.path));
    return arguments.wants_help ? 0 : 2;
  }
  if (command.name == "import") return import_image(arguments);
  if (command.name == "list") return list_images(arguments);
  if (command.name == "inspect") return inspect_images(arguments);
  if (command.name == "rm") return remove_images(arguments);
  if (command.name == "export") return export_image(arguments);
  if (command.name == "prune") return prune_images(arguments);
  if (command.name == "build-rootfs") return build_rootfs(arguments);
  if (command.name == "tag") {
    images::tag(data_dir(arguments), arguments.operands[0], arguments.operands[1]);
    return 0;
  }
  throw Error("podrun-image does not know \"" + arguments.command_name() + "\"");
}

}  // namespace
}  // namespace podrun::cli

int main(int argc, char** argv) {
  using namespace podrun;
  try {
    return cli::dispatch(cli::parse(cli::command_table(), {argv + 1, argv + argc}));
  } catch (const BadInput& error) {
    std::fprintf(stderr, "podrun: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "podrun: %s\n", error.what());
    return 1;
  }
}
