// The verbs that control a running lab: customer, clock, queries, cache. Each asks the lab and prints what it
// says. They return exit codes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/lab_access.hpp"

namespace custdkim::lab {

struct ControlOptions {
    LabAccess access;
    std::string domain, misconfiguration;
    std::optional<std::string> flavour, key, name, duration;
    std::filesystem::path zone_file;
    std::vector<std::string> selectors, targets;
    bool keep_cache = false, clear = false;
    std::optional<unsigned> limit;
};

int set_customer(const ControlOptions& options);
int fix_customer(const ControlOptions& options);
int remove_customer(const ControlOptions& options);
int show_customer(const ControlOptions& options);
int list_customers(const ControlOptions& options);
int show_clock(const ControlOptions& options);
int advance_clock(const ControlOptions& options);
int show_queries(const ControlOptions& options);
int flush_cache(const ControlOptions& options);

}  // namespace custdkim::lab
