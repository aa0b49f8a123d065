#include "cli/man.h"

#include "cli/help.h"

namespace podrun::cli {
namespace {

/// Text for roff: backslashes, dashes, and dots or quotes at the start of a line are escaped.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

std::string option(const Flag& flag) {
  std::string text = ".TP\n";
  if (flag.letter != 0) text += "\\fB\\-" + std::string(1, flag.letter) + "\\fR, ";
  text += "\\fB\\-\\-" + roff(flag.name) + "\\fR";
  const std::string value = "\\fI" + roff(flag.value) + "\\fR";
  if (!flag.value.empty()) text += flag.alone.empty() ? " " + value : "[=" + value + "]";
  text += "\n" + roff(flag.help);
  if (!flag.fallback.empty()) text += " (default " + roff(flag.fallback) + ")";
  if (flag.repeatable) text += "; may be repeated";
  return text + ".\n";
}

std::string see_also(const std::vector<const Command*>& path) {
  std::vector<std::string> names;
  if (path.size() > 1) names.push_back(man_page_name({path.begin(), path.end() - 1}));
  for (const Command& sub : path.back()->commands) {
    if (!sub.hidden) names.push_back(man_page_name(path) + "-" + std::string(sub.name));
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += ".BR " + roff(names[i]) + (i + 1 < names.size() ? " (1),\n" : " (1)");
  }
  return text;
}

}  // namespace

std::string man_page_name(const std::vector<const Command*>& path) { return joined(path, '-'); }

std::string man_page(const std::vector<const Command*>& path) {
  const Command& command = *path.back();
  std::string page = ".TH " + upper(man_page_name(path)) + " 1 \"\" \"podrun\" \"podrun\"\n";
  page += ".SH NAME\n" + roff(man_page_name(path)) + " \\- " + roff(command.summary) + "\n";
  page += ".SH SYNOPSIS\n\\fB" + roff(joined(path, ' ')) + "\\fR";
  const std::string rest = usage_line(path).substr(joined(path, ' ').size());
  page += roff(rest) + "\n";
  page += ".SH DESCRIPTION\n";
  page += roff(command.description.empty() ? std::string(command.summary) + "."
                                           : std::string(command.description)) +
          "\n";
  if (command.is_group()) {
    page += ".SH COMMANDS\n";
    for (const Command& sub : command.commands) {
      if (!sub.hidden) page += ".TP\n\\fB" + roff(sub.name) + "\\fR\n" + roff(sub.summary) + ".\n";
    }
  }
  if (!command.flags.empty()) {
    page += ".SH OPTIONS\n";
    for (const Flag& flag : command.flags) page += option(flag);
  }
  if (!command.exit_codes.empty()) page += ".SH EXIT STATUS\n" + roff(command.exit_codes) + "\n";
  if (!command.examples.empty()) {
    page += ".SH EXAMPLES\n";
    for (const Example& example : command.examples) {
      page += ".PP\n" + roff(example.says) + ":\n.PP\n.nf\n.RS\n" + roff(example.command) +
              "\n.RE\n.fi\n";
    }
  }
  const std::string others = see_also(path);
  if (!others.empty()) page += ".SH SEE ALSO\n" + others + "\n";
  return page;
}

}  // namespace podrun::cli
