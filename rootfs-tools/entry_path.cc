#include "rootfs-tools/entry_path.h"

#include <cstdio>

#include "base/error.h"

namespace podrun::images {

namespace {

constexpr std::size_t kLongestPath = 4095;      // PATH_MAX with its NUL, limits.h
constexpr std::size_t kLongestComponent = 255;  // NAME_MAX, limits.h
constexpr std::size_t kDeepest = 256;           // folders; removing a tree holds one open each
constexpr std::size_t kLongestShown = 120;

}  // namespace

std::string in_quotes(std::string_view name) {
  std::string text = "\"";
  for (const char c : name.substr(0, kLongestShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      text += escaped;
    } else {
      text += c;
    }
  }
  return text + (name.size() > kLongestShown ? "…\"" : "\"");
}

std::string clean_entry_path(std::string_view path, const std::string& what) {
  const std::string_view whole = path;
  const auto refuse = [&](const char* why) {
    throw BadInput(what + ": entry " + in_quotes(whole) + " " + why);
  };
  if (path.empty()) refuse("has no name");
  if (path.front() == '/') refuse("has an absolute path");
  if (path.size() > kLongestPath) refuse("has a path longer than 4095 bytes");
  std::string clean;
  std::size_t depth = 0;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") refuse("leads out of the root (\"..\")");
    if (part.size() > kLongestComponent) refuse("has a name longer than 255 bytes");
    if (++depth > kDeepest) refuse("lies deeper than 256 folders");
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

EntryName split_entry_path(const std::string& clean) {
  const auto slash = clean.rfind('/');
  if (slash == std::string::npos) return {"", clean};
  return {clean.substr(0, slash), clean.substr(slash + 1)};
}

}  // namespace podrun::images
