#include "cli/image_list.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/duration.h"
#include "base/error.h"
#include "cli/text_table.h"

namespace podrun::cli {
namespace {

std::string age_text(const std::string& created, WallTime now) {
  try {
    const WallTime made = parse_rfc3339(created);
    // Reproducible images carry the year 1970: no age worth telling.
    return made <= WallTime{} ? "N/A" : human_duration(now - made) + " ago";
  } catch (const BadInput&) {
    return "N/A";
  }
}

std::string without_prefix(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

ShownName shown_name(const std::string& reference) {
  std::string name = reference, tag = "<none>";
  const auto digest = name.find('@');
  if (digest != std::string::npos) name.resize(digest);
  const auto colon = name.rfind(':');
  if (colon != std::string::npos && name.find('/', colon) == std::string::npos) {
    tag = name.substr(colon + 1);
    name.resize(colon);
  }
  return {without_prefix(without_prefix(name, "docker.io/"), "library/"), tag};
}

std::string short_id(const std::string& id) { return without_prefix(id, "sha256:").substr(0, 12); }

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g%s", value, kUnits[unit]);
  return text.data();
}

std::string image_table(const std::vector<images::Image>& images, const ListForm& form,
                        WallTime now) {
  std::vector<std::vector<std::string>> rows{{"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"}};
  if (form.wide) rows.front().insert(rows.front().end(), {"LAYERS", "PLATFORM"});
  for (const images::Image& image : images) {
    std::vector<std::string> names = image.names;
    if (names.empty()) names.emplace_back("<none>");
    for (const std::string& name : names) {
      const ShownName shown = shown_name(name);
      std::vector<std::string> row{shown.repository, shown.tag,
                                   form.full_ids ? image.id : short_id(image.id),
                                   age_text(image.created, now), size_text(image.size)};
      if (form.wide) {
        row.push_back(std::to_string(image.layers.size()));
        row.push_back(image.os + "/" + image.architecture);
      }
      rows.push_back(std::move(row));
    }
  }
  return text_table(rows);
}

std::string image_json(const std::vector<images::Image>& images) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const images::Image& image : images) {
    all.push_back({{"id", image.id},
                   {"names", image.names},
                   {"created", image.created},
                   {"size", image.size},
                   {"layers", image.layers},
                   {"os", image.os},
                   {"architecture", image.architecture}});
  }
  return all.dump(2) + "\n";
}

std::string image_names(const std::vector<images::Image>& images) {
  std::string text;
  for (const images::Image& image : images) {
    for (const std::string& name : image.names) {
      const ShownName shown = shown_name(name);
      text += shown.repository + ":" + shown.tag + "\n";
    }
  }
  return text;
}

}  // namespace podrun::cli
