def write_report(session, report, out, replace=False): return out
