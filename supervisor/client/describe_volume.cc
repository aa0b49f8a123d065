// The volumes of a pod or of a template.
#include "supervisor/client/describe_parts.h"
#include "supervisor/client/volume_rows.h"

namespace podrun::client {
namespace {

std::string value_of(const Json& source, const VolumeRow& row) {
  switch (row.form) {
    case VolumeForm::kText:
      return text_at(source, row.path);
    case VolumeForm::kTextOrNone:
      return is_set(source, row.path) ? text_at(source, row.path) : "<none>";
    case VolumeForm::kNumber:
      return number_at(source, row.path);
    case VolumeForm::kTruth:
      return truth_at(source, row.path);
    case VolumeForm::kList:
      return go_list(list_at(source, row.path));
    case VolumeForm::kCommaList:
      return joined(list_at(source, row.path), ", ");
    case VolumeForm::kReference:
      if (!is_set(source, row.path)) return "nil";
      return "&LocalObjectReference{Name:" + text_at(at_path(source, row.path), "name") + ",}";
    case VolumeForm::kMap: {
      std::string text;
      for (const auto& [key, value] : texts_of(at_path(source, row.path))) {
        text += (text.empty() ? "" : " ") + key + ":" + value;
      }
      return "map[" + text + "]";
    }
    case VolumeForm::kSize:
      break;
  }
  const Quantity size = resources_at(source, "")[std::string(row.path)];
  return size.is_zero() || size.is_negative() ? "<unset>" : size.canonical();
}

void write_projected(Sheet& sheet, const Json& projected) {
  for (const Json& source : at_path(projected, "sources")) {
    if (is_set(source, "secret")) {
      sheet.field(2, "SecretName", text_at(source, "secret.name"));
      sheet.field(2, "Optional", truth_at(source, "secret.optional"));
    } else if (is_set(source, "downwardAPI")) {
      sheet.field(2, "DownwardAPI", "true");
    } else if (is_set(source, "configMap")) {
      sheet.field(2, "ConfigMapName", text_at(source, "configMap.name"));
      sheet.field(2, "Optional", truth_at(source, "configMap.optional"));
    } else if (is_set(source, "serviceAccountToken")) {
      sheet.field(2, "TokenExpirationSeconds",
                  number_at(source, "serviceAccountToken.expirationSeconds"));
    }
  }
}

void write_downward(Sheet& sheet, const Json& downward) {
  sheet.heading(2, "Items");
  for (const Json& item : at_path(downward, "items")) {
    for (const char* from : {"fieldRef.fieldPath", "resourceFieldRef.resource"}) {
      if (!is_set(item, from)) continue;
      sheet.line(3, text_at(item, from) + " -> " + text_at(item, "path"));
    }
  }
}

/// kubectl repeats the indentation before each value.
constexpr std::string_view kAgain = "    ";

void write_attributes(Sheet& sheet, const Json& source) {
  constexpr std::size_t kSize = 140;
  std::vector<std::string> lines;
  for (std::string line : label_lines(at_path(source, "volumeAttributes"))) {
    if (line.size() > kSize) line = line.substr(0, kSize) + "...";
    lines.push_back(std::string(kAgain) + line);
  }
  sheet.column(2, "VolumeAttributes", lines);
}

void write_again_indented(Sheet& sheet, std::string_view title, std::vector<std::string> lines) {
  if (lines.empty()) lines.emplace_back("<none>");
  for (std::string& line : lines) {
    // A long annotation's lines stand below its key, and are indented once.
    if (!line.starts_with("  ")) line.insert(0, kAgain);
  }
  sheet.column(2, title, lines);
}

void write_claim_template(Sheet& sheet, const Json& claim) {
  constexpr const char* kClassAnnotation = "volume.beta.kubernetes.io/storage-class";
  const auto notes = texts_of(at_path(claim, "metadata.annotations"));
  const auto old_class = notes.find(kClassAnnotation);
  sheet.field(
      2, "StorageClass",
      old_class != notes.end() ? old_class->second : text_at(claim, "spec.storageClassName"));
  sheet.field(2, "Volume", text_at(claim, "spec.volumeName"));
  write_again_indented(sheet, "Labels", label_lines(at_path(claim, "metadata.labels")));
  write_again_indented(sheet, "Annotations",
                       annotation_lines(at_path(claim, "metadata.annotations")));
  // What a claim got; its template has got nothing.
  sheet.field(2, "Capacity", is_set(claim, "spec.volumeName") ? "0" : "");
  sheet.field(2, "Access Modes", "");
  if (is_set(claim, "spec.volumeMode")) {
    sheet.field(2, "VolumeMode", text_at(claim, "spec.volumeMode"));
  }
  if (!is_set(claim, "spec.dataSource")) return;
  const Json& source = at_path(claim, "spec.dataSource");
  sheet.heading(2, "DataSource");
  if (is_set(source, "apiGroup")) sheet.field(3, "APIGroup", text_at(source, "apiGroup"));
  sheet.field(3, "Kind", text_at(source, "kind"));
  sheet.field(3, "Name", text_at(source, "name"));
}

void write_volume(Sheet& sheet, const Json& volume) {
  const VolumeKind* kind = volume_kind_of(volume);
  if (kind == nullptr) return sheet.line(1, "<unknown>");
  const Json& source = at_path(volume, kind->field);
  sheet.field(2, "Type", kind->type);
  for (const VolumeRow& row : kind->rows) {
    sheet.row(2, {row.title, value_of(source, row)});
  }
  if (kind->field == "projected") write_projected(sheet, source);
  if (kind->field == "downwardAPI") write_downward(sheet, source);
  if (kind->field == "csi") write_attributes(sheet, source);
  if (kind->field == "ephemeral" && is_set(source, "volumeClaimTemplate")) {
    write_claim_template(sheet, at_path(source, "volumeClaimTemplate"));
  }
}

}  // namespace

void write_volumes(Sheet& sheet, const Json& list, const Place& place) {
  if (list.empty()) return sheet.field(place.level(), "Volumes", "<none>");
  sheet.heading(place.level(), "Volumes");
  for (const Json& volume : list) {
    sheet.heading(1, place.name(text_at(volume, "name")));
    write_volume(sheet, volume);
  }
}

}  // namespace podrun::client
